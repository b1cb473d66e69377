import { type Attempt, sh } from '../attempt.ts';

export const userNamespace: Attempt = {
  name: 'user-namespace',
  tried: 'become root of a nested user namespace',
  stoppedBy: 'seccomp filter; --disable-userns',
  trial: () => sh('unshare --user --map-root-user echo PASSED'),
  reached: (_scene, output) => output.includes('PASSED'),
};
