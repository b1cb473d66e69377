import { type Attempt, node } from '../attempt.ts';

const READ_STACKS = `
const fs=require('fs');
for (const pid of fs.readdirSync('/proc').filter(Number)) try {
  const [from,to]=/^(\\w+)-(\\w+) .*\\[stack\\]/m.exec(fs.readFileSync('/proc/'+pid+'/maps','latin1')).slice(1).map(x=>parseInt(x,16));
  const fd=fs.openSync('/proc/'+pid+'/mem','r'),b=Buffer.alloc(Math.min(to-from,262144));
  fs.readSync(fd,b,0,b.length,to-b.length);fs.closeSync(fd);
  const m=/VICTIM=(token-\\w+)/.exec(b.toString('latin1'));if(m)console.log(m[1]);
} catch {}`;

export const procMemory: Attempt = {
  name: 'proc-memory',
  tried: 'read /proc/PID/mem of every process',
  stoppedBy: 'process namespace',
  trial: () => node(READ_STACKS),
  reached: (scene, output) => output.includes(scene.token),
};
