import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, sh } from '../attempt.ts';

export const writeOutside: Attempt = {
  name: 'write-outside',
  tried: 'write a file next to the granted folder',
  stoppedBy: 'mount table: a read-only root',
  trial: (scene) => ({ ...sh('mkdir -p "$1"; echo x > "$1"/planted', scene.outside), write: [scene.workspace] }),
  reached: (scene) => existsSync(join(scene.outside, 'planted')),
};
