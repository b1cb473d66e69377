import { type Attempt, sh } from '../attempt.ts';

export const deviceNode: Attempt = {
  name: 'device-node',
  tried: 'make a device node in a writable folder and open it',
  stoppedBy: 'no capabilities, nodev mounts',
  needsRoot: true,
  trial: (scene) => ({
    ...sh('mknod "$1"/null c 1 3 && echo x > "$1"/null && echo PASSED', scene.workspace),
    write: [scene.workspace],
  }),
  reached: (_scene, output) => output.includes('PASSED'),
};
