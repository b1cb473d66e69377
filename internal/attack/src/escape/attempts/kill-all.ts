import { readlinkSync } from 'node:fs';
import { type Attempt, sh } from '../attempt.ts';

// It fires only in another process namespace than ours: in ours it would end the machine, and has already won.
const KILL = '[ "$(readlink /proc/self/ns/pid)" = "$1" ] && echo PASSED && exit; kill -9 -1';

export const killAll: Attempt = {
  name: 'kill-all',
  tried: 'kill(-1): everything it may signal',
  stoppedBy: 'process namespace',
  needsRoot: true,
  trial: () => sh(KILL, readlinkSync('/proc/self/ns/pid')),
  // In a process namespace of its own, where "everything" is one process of ours.
  control: () => ({
    command: '/usr/bin/unshare',
    args: [
      '--pid',
      '--fork',
      'sh',
      '-c',
      // 137: ended by SIGKILL. Asked of the shell that waits for it, because a process that is not yet reaped still has its number.
      'sleep 30 & v=$!; (sh -c "kill -9 -1"); wait $v; [ $? = 137 ] && echo PASSED',
    ],
  }),
  reached: (scene, output) => !scene.isVictimAlive() || output.includes('PASSED'),
};
