import { type Attempt, sh } from '../attempt.ts';

export const procRoot: Attempt = {
  name: 'proc-root',
  tried: "reach the host's files through /proc/PID/root, cwd and fd of another process",
  stoppedBy: 'process namespace; process 1 has the same root',
  needsRoot: true,
  trial: (scene) =>
    sh('for p in /proc/[0-9]*; do cat $p/root"$1"/secret.txt $p/cwd/../outside/secret.txt; done', scene.outside),
  reached: (scene, output) => output.includes(scene.token),
};
