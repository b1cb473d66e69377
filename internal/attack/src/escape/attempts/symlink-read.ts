import { type Attempt, sh } from '../attempt.ts';

export const symlinkRead: Attempt = {
  name: 'symlink-read',
  tried: 'plant a symbolic link in a writable folder and read through it',
  stoppedBy: 'mount table: the link leads nowhere inside',
  trial: (scene) => ({
    ...sh('ln -s "$2" "$1"/link && cat "$1"/link/secret.txt', scene.workspace, scene.outside),
    write: [scene.workspace],
  }),
  reached: (scene, output) => output.includes(scene.token),
};
