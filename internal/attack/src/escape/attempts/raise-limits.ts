import { type Attempt, sh } from '../attempt.ts';

export const raiseLimits: Attempt = {
  name: 'raise-limits',
  tried: 'raise its own limits again',
  stoppedBy: 'hard limits, no capabilities',
  trial: () => sh('ulimit -n 512 && ulimit -f 1000000 && echo PASSED'),
  reached: (_scene, output) => output.includes('PASSED'),
};
