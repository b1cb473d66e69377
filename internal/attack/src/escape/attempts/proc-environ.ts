import { type Attempt, sh } from '../attempt.ts';

export const procEnviron: Attempt = {
  name: 'proc-environ',
  tried: 'read /proc/PID/environ of every process, the parent among them',
  stoppedBy: 'process namespace',
  trial: () => sh('cat /proc/[0-9]*/environ'),
  reached: (scene, output) => output.includes(scene.token),
};
