import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, sh } from '../attempt.ts';

export const renameOver: Attempt = {
  name: 'rename-over',
  tried: 'rename an own file over one outside',
  stoppedBy: 'mount table',
  trial: (scene) => ({
    ...sh('mv -f "$1"/own.txt "$2"/target.txt', scene.workspace, scene.outside),
    write: [scene.workspace],
  }),
  reached: (scene) => readFileSync(join(scene.outside, 'target.txt'), 'utf8') === 'overwritten',
};
