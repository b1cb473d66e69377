import { type Attempt, sh } from '../attempt.ts';

export const hardLink: Attempt = {
  name: 'hard-link',
  tried: 'make a hard link in a writable folder to a file outside',
  stoppedBy: 'mount table; links do not cross mounts',
  trial: (scene) => ({
    ...sh('ln "$2"/secret.txt "$1"/hard && cat "$1"/hard', scene.workspace, scene.outside),
    write: [scene.workspace],
  }),
  reached: (scene, output) => output.includes(scene.token),
};
