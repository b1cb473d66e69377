import { type Attempt, node } from '../attempt.ts';

export const abstractSocket: Attempt = {
  name: 'abstract-socket',
  tried: 'reach an abstract Unix socket of the host',
  stoppedBy: 'network namespace',
  trial: (scene) =>
    node(`require('net').connect('\\0${scene.abstractName}').on('error',console.log).pipe(process.stdout)`),
  reached: (scene, output) => output.includes(scene.token),
};
