import { type Attempt, node } from '../attempt.ts';

export const tcpLoopback: Attempt = {
  name: 'tcp-loopback',
  tried: 'reach a service on the loopback of the host',
  stoppedBy: 'network namespace',
  trial: (scene) =>
    node(`require('net').connect(${scene.tcpPort},'127.0.0.1').on('error',console.log).pipe(process.stdout)`),
  reached: (scene, output) => output.includes(scene.token),
};
