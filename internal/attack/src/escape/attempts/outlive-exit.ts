import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, sh } from '../attempt.ts';

// The server ends by itself and leaves a daemon in a session of its own. That ends by itself after 4 s.
const DAEMON = `cd "$1"; setsid sh -c 'i=0; while [ $i -lt 40 ]; do echo $i > beat; i=$((i+1)); sleep 0.1; done' >/dev/null 2>&1 </dev/null &
while [ ! -e beat ]; do sleep 0.05; done`;

export const outliveExit: Attempt = {
  name: 'outlive-exit',
  tried: 'leave a daemon behind when the server ends by itself',
  stoppedBy: 'process namespace ends with its process 1',
  trial: (scene) => ({ ...sh(DAEMON, scene.workspace), write: [scene.workspace] }),
  async reached(scene) {
    const beat = join(scene.workspace, 'beat');
    if (!existsSync(beat)) throw new Error('the daemon never ran: the attempt shows nothing');
    const before = readFileSync(beat, 'utf8');
    await delay(400);
    return readFileSync(beat, 'utf8') !== before;
  },
};
