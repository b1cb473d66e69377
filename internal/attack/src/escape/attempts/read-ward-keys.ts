import { type Attempt, sh } from '../attempt.ts';

export const readWardKeys: Attempt = {
  name: 'read-ward-keys',
  tried: "read the gateway's keys in WARD_HOME",
  stoppedBy: 'mount table',
  trial: (scene) => sh('cat "$1"/keys/*', scene.wardHome),
  reached: (scene, output) => output.includes(scene.token),
};
