import { type Attempt, passed, perl, syscallNumber } from '../attempt.ts';

// clone(CLONE_NEWUSER | SIGCHLD, 0): the child leaves at once.
export const cloneNamespace: Attempt = {
  name: 'clone-namespace',
  tried: 'make a user namespace with clone, past a filter that knows only unshare',
  stoppedBy: 'seccomp filter: clone flags',
  trial: () =>
    perl(`my $p = syscall(${syscallNumber([56, 220])}, 0x10000000 | 17, 0, 0, 0, 0); exit 0 if $p == 0; $p > 0`),
  reached: passed,
};
