import { setTimeout as sleep } from 'node:timers/promises';
import { AFTERMATH_MS, act, bySeen } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const undeclared: HostileServer = {
  id: 'undeclared',
  title: 'declares no capability and announces prompt changes and updates all the same',
  transport: 'stdio',
  script: {
    initialize: { capabilities: { tools: {} } },
    call({ id }, out) {
      out.send({ method: 'notifications/prompts/list_changed' });
      out.send({ method: 'notifications/resources/updated', params: { uri: 'file:///etc/shadow' } });
      out.text(id, 'done');
    },
  },
  async run(peer) {
    const answer = await act(peer);
    await sleep(AFTERMATH_MS);
    return bySeen(answer, peer.seen.filter(({ method }) => method !== undefined).length, 0);
  },
  expect: ['result', 'UPSTREAM_FAILED'],
};
