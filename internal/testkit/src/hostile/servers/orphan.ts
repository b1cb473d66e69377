import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { wordOf } from '../../peer/peer.ts';
import { AFTERMATH_MS, act } from '../observe.ts';
import { processesWith } from '../processes.ts';
import type { HostileServer } from '../server.ts';

/** The orphan ends by itself after this time, ms, whatever happens to the test. */
const LIFE_MS = 60_000;

export const orphan: HostileServer = {
  id: 'orphan',
  title: 'leaves a detached child behind and exits',
  transport: 'stdio',
  script: {
    call({ id }, out, marker) {
      const script = `setTimeout(() => {}, ${LIFE_MS}) // orphan-${marker}`;
      spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' }).unref();
      out.text(id, 'done');
      setTimeout(() => process.exit(0), 200);
    },
  },
  async run(peer, { marker }) {
    const answer = await act(peer);
    await sleep(AFTERMATH_MS * 2);
    await peer.close();
    await sleep(AFTERMATH_MS);
    const left = await processesWith(`orphan-${marker}`);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    const through = left.length > 0;
    return { through, observed: through ? 'orphan alive' : wordOf(answer) };
  },
  expect: ['result', 'UPSTREAM_FAILED'],
};
