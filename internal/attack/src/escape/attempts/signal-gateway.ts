import { type Attempt, sh } from '../attempt.ts';

let signals = 0;
process.on('SIGUSR2', () => {
  signals++;
});
let before = 0;

export const signalGateway: Attempt = {
  name: 'signal-gateway',
  tried: 'signal its parent, the gateway',
  stoppedBy: 'process namespace',
  trial: () => {
    before = signals;
    return sh('kill -USR2 "$1"', String(process.pid));
  },
  reached: () => signals > before,
};
