import { type Attempt, sh } from '../attempt.ts';

const MOUNT = 'mount -t tmpfs none /tmp && echo PASSED';

export const mount: Attempt = {
  name: 'mount',
  tried: 'mount a file system',
  stoppedBy: 'seccomp filter, no capabilities',
  needsRoot: true,
  trial: () => sh(MOUNT),
  // In a mount namespace of its own, which ends with it.
  control: () => ({ command: '/usr/bin/unshare', args: ['--mount', 'sh', '-c', MOUNT] }),
  reached: (_scene, output) => output.includes('PASSED'),
};
