import { setTimeout as sleep } from 'node:timers/promises';
import { wordOf } from '../../peer/peer.ts';
import { AFTERMATH_MS, act } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const answerTwice: HostileServer = {
  id: 'answer-twice',
  title: 'answers one call twice, differently',
  transport: 'stdio',
  script: {
    call({ id }, out) {
      out.text(id, 'first');
      out.text(id, 'second answer');
    },
  },
  async run(peer) {
    const answer = await act(peer);
    await sleep(AFTERMATH_MS);
    const through = JSON.stringify(peer.seen).includes('second answer');
    return { through, observed: through ? 'second answer' : wordOf(answer) };
  },
  expect: ['result', 'UPSTREAM_FAILED'],
};
