import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, sh } from '../attempt.ts';

export const writeReadOnly: Attempt = {
  name: 'write-read-only',
  tried: 'write into a folder granted for reading',
  stoppedBy: 'read-only mount',
  trial: (scene) => ({ ...sh('echo taken > "$1"/own.txt', scene.workspace), read: [scene.workspace] }),
  reached: (scene) => readFileSync(join(scene.workspace, 'own.txt'), 'utf8').includes('taken'),
};
