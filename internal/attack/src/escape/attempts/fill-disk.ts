import { type Attempt, node } from '../attempt.ts';

// In the sandbox /tmp is its own; uncontained TMPDIR is the scratch folder.
const FILL = `const fs=require('fs'),d=process.env.FILL||'/tmp';const b=Buffer.alloc(8*1048576,1);
try{for(let i=0;i<12;i++)fs.writeFileSync(d+'/fill'+i,b);console.log('PASSED')}catch(e){console.log(e.code)}`;

export const fillDisk: Attempt = {
  name: 'fill-disk',
  tried: 'write 96 MiB of temporary files',
  stoppedBy: 'size of the in-memory folders',
  trial: () => node(FILL),
  control: (scene) => ({ ...node(FILL), env: { FILL: scene.workspace } }),
  reached: (_scene, output) => output.includes('PASSED'),
};
