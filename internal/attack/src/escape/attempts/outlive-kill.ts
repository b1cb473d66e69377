import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, sh } from '../attempt.ts';

// Forked twice, in a session of its own: nothing of its parent's is left to kill it by. It ends by itself after 4 s.
const DAEMON = `cd "$1"; setsid sh -c 'echo $$ > pid; i=0; while [ $i -lt 40 ]; do echo $i > beat; i=$((i+1)); sleep 0.1; done' >/dev/null 2>&1 </dev/null &
sleep 30`;

export const outliveKill: Attempt = {
  name: 'outlive-kill',
  tried: 'leave a daemon behind (double fork, own session) when the server is killed',
  stoppedBy: 'process namespace ends with its process 1',
  trial: (scene) => ({ ...sh(DAEMON, scene.workspace), write: [scene.workspace], killAfterMs: 600 }),
  async reached(scene) {
    const beat = join(scene.workspace, 'beat');
    if (!existsSync(beat)) throw new Error('the daemon never ran: the attempt shows nothing');
    const before = `${readFileSync(beat, 'utf8')}${statSync(beat).mtimeMs}`;
    await delay(500);
    return `${readFileSync(beat, 'utf8')}${statSync(beat).mtimeMs}` !== before;
  },
};
