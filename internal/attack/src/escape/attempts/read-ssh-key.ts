import { type Attempt, sh } from '../attempt.ts';

export const readSshKey: Attempt = {
  name: 'read-ssh-key',
  tried: "read the user's $HOME/.ssh",
  stoppedBy: 'mount table: the home is empty and in memory',
  trial: (scene) => sh('cat "$HOME"/.ssh/* "$1"/.ssh/*', scene.home),
  reached: (scene, output) => output.includes(scene.token),
};
