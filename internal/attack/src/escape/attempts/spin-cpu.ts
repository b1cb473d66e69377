import { type Attempt, node } from '../attempt.ts';

export const spinCpu: Attempt = {
  name: 'spin-cpu',
  tried: 'burn 1.6 seconds of CPU where one is granted',
  stoppedBy: 'RLIMIT_CPU',
  trial: () => ({
    ...node(`const c=()=>{const u=process.cpuUsage();return u.user+u.system};while(c()<1.6e6);console.log('PASSED')`),
    limits: { cpuSeconds: 1 },
  }),
  reached: (_scene, output) => output.includes('PASSED'),
};
