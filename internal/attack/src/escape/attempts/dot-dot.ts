import { type Attempt, sh } from '../attempt.ts';

export const dotDot: Attempt = {
  name: 'dot-dot',
  tried: 'leave the granted folder through ..',
  stoppedBy: 'mount table: the parent is an empty folder',
  trial: (scene) => ({ ...sh('cd "$1" && cat ../outside/secret.txt', scene.workspace), write: [scene.workspace] }),
  reached: (scene, output) => output.includes(scene.token),
};
