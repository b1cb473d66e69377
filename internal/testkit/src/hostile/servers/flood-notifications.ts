import { setTimeout as sleep } from 'node:timers/promises';
import { AFTERMATH_MS, act, bySeen } from '../observe.ts';
import type { HostileServer } from '../server.ts';

const COUNT = 50_000;
/** What an honest chatty tool may send in one call. */
const HONEST = 5_000;

export const floodNotifications: HostileServer = {
  id: 'flood-notifications',
  title: `sends ${COUNT} log messages during one call`,
  transport: 'stdio',
  script: {
    async call({ id }, out) {
      for (let index = 0; index < COUNT; index++) {
        out.send({ method: 'notifications/message', params: { level: 'info', data: `flood ${index}` } });
        if (index % 500 === 0) await out.drained();
      }
      out.text(id, 'done');
    },
  },
  async run(peer) {
    const answer = await act(peer, 30_000);
    await sleep(AFTERMATH_MS);
    return bySeen(answer, peer.seen.length, HONEST);
  },
  expect: ['result', 'UPSTREAM_FAILED', 'TIMEOUT'],
};
