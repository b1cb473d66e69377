import { type Attempt, passed, perl, syscallNumber } from '../attempt.ts';

// PTRACE_SEIZE of an own child: the namespace alone would allow it.
export const ptrace: Attempt = {
  name: 'ptrace',
  tried: 'trace another process of the same user',
  stoppedBy: 'seccomp filter',
  trial: () =>
    perl(
      `my $c = fork(); if (!$c) { sleep 2; exit 0 } my $r = syscall(${syscallNumber([101, 117])}, 0x4206, $c, 0, 0); kill 9, $c; $r == 0`,
    ),
  reached: passed,
};
