import { type Attempt, passed, perl } from '../attempt.ts';

export const packetSocket: Attempt = {
  name: 'packet-socket',
  tried: 'open a packet socket on every interface',
  stoppedBy: 'seccomp filter: socket families and types',
  needsRoot: true,
  trial: () => perl('socket(my $s, 17, 3, 768)'),
  reached: passed,
};
