import { type Attempt, node } from '../attempt.ts';

export const hugeFile: Attempt = {
  name: 'huge-file',
  tried: 'write a file of 20 MiB where 16 are granted',
  stoppedBy: 'RLIMIT_FSIZE',
  trial: (scene) => ({
    ...node(
      `try{require('fs').writeFileSync(process.argv.at(-1)+'/huge',Buffer.alloc(20*1048576,1));console.log('PASSED')}catch(e){console.log(e.code)}`,
      scene.workspace,
    ),
    write: [scene.workspace],
  }),
  reached: (_scene, output) => output.includes('PASSED'),
};
