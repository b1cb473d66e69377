import { type Attempt, passed, perl } from '../attempt.ts';

export const vsockSocket: Attempt = {
  name: 'vsock-socket',
  tried: 'open a vsock socket to the hypervisor',
  stoppedBy: 'seccomp filter: socket families and types',
  needsRoot: true,
  trial: () => perl('socket(my $s, 40, 1, 0)'),
  reached: passed,
};
