import { type Attempt, passed, perl } from '../attempt.ts';

export const rawSocket: Attempt = {
  name: 'raw-socket',
  tried: 'open a raw IP socket',
  stoppedBy: 'seccomp filter: socket families and types',
  needsRoot: true,
  trial: () => perl('socket(my $s, 2, 3, 1)'),
  reached: passed,
};
