import { type Attempt, passed, perl } from '../attempt.ts';

export const netlinkSocket: Attempt = {
  name: 'netlink-socket',
  tried: 'open a netlink socket to the kernel',
  stoppedBy: 'seccomp filter: socket families and types',
  trial: () => perl('socket(my $s, 16, 3, 0)'),
  reached: passed,
};
