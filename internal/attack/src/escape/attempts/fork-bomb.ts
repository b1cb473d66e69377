import { type Attempt, node } from '../attempt.ts';

// Bounded on purpose: 64 processes at most, wherever it runs.
const BOMB = `
const {spawn}=require('child_process');let up=0,down=0;const kids=[];
for(let i=0;i<64;i++)try{const c=spawn('/bin/sleep',['3'],{stdio:'ignore'});c.on('spawn',()=>up++);c.on('error',()=>down++);kids.push(c)}catch{down++}
setTimeout(()=>{console.log(up===64?'PASSED':'forked '+up);kids.forEach(c=>c.kill('SIGKILL'))},400)`;

export const forkBomb: Attempt = {
  name: 'fork-bomb',
  tried: 'hold 64 processes where 48 tasks are granted',
  stoppedBy: 'cgroup pids.max or RLIMIT_NPROC; else the monitor',
  trial: () => node(BOMB),
  reached: (_scene, output) => output.includes('PASSED'),
};
