import { setTimeout as sleep } from 'node:timers/promises';
import { AFTERMATH_MS, act, bySeen } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const foreignProgress: HostileServer = {
  id: 'foreign-progress',
  title: 'reports progress for tokens that are not its own',
  transport: 'stdio',
  script: {
    call({ id }, out) {
      for (const progressToken of [0, 1, 2, 'token', 'another-session']) {
        out.send({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 1 } });
      }
      out.text(id, 'done');
    },
  },
  async run(peer) {
    const answer = await act(peer);
    await sleep(AFTERMATH_MS);
    return bySeen(answer, peer.seen.filter(({ method }) => method === 'notifications/progress').length, 0);
  },
  expect: ['result', 'UPSTREAM_FAILED'],
};
