import { type Attempt, passed, perl, syscallNumber } from '../attempt.ts';

export const hiddenMemory: Attempt = {
  name: 'hidden-memory',
  tried: 'hold memory in a memfd, which no resident size shows',
  stoppedBy: 'seccomp filter',
  trial: () => perl(`my $n = "x"; syscall(${syscallNumber([319, 279])}, $n, 0) != -1`),
  reached: passed,
};
