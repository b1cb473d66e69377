import { type Attempt, node } from '../attempt.ts';

const BOMB = `const b=[];for(let i=0;i<12;i++)b.push(Buffer.alloc(32*1048576,1));setTimeout(()=>console.log('PASSED',b.length),1500)`;

export const memoryBomb: Attempt = {
  name: 'memory-bomb',
  tried: 'hold 384 MiB where 256 are granted',
  stoppedBy: 'cgroup memory limit; else the memory monitor',
  trial: () => node(BOMB),
  reached: (_scene, output) => output.includes('PASSED'),
};
