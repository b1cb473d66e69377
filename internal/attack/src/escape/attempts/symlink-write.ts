import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, sh } from '../attempt.ts';

export const symlinkWrite: Attempt = {
  name: 'symlink-write',
  tried: 'plant a symbolic link in a writable folder and write through it',
  stoppedBy: 'mount table: the link leads nowhere inside',
  trial: (scene) => ({
    ...sh('ln -s "$2"/target.txt "$1"/link && echo taken > "$1"/link', scene.workspace, scene.outside),
    write: [scene.workspace],
  }),
  reached: (scene) => readFileSync(join(scene.outside, 'target.txt'), 'utf8').includes('taken'),
};
