import { type Attempt, passed, perl } from '../attempt.ts';

export const inet6Socket: Attempt = {
  name: 'inet6-socket',
  tried: 'open an IPv6 socket',
  stoppedBy: 'seccomp filter: socket families and types',
  trial: () => perl('socket(my $s, 10, 1, 0)'),
  reached: passed,
};
