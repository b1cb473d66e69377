import { type Attempt, sh } from '../attempt.ts';

export const killVictim: Attempt = {
  name: 'kill-victim',
  tried: 'kill a process outside by its number',
  stoppedBy: 'process namespace',
  trial: (scene) => sh('kill -9 "$1"', String(scene.victim)),
  reached: (scene) => !scene.isVictimAlive(),
};
