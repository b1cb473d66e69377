import { setTimeout as sleep } from 'node:timers/promises';
import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const slowAnswer: HostileServer = {
  id: 'slow-answer',
  title: 'answers one byte every half second',
  transport: 'stdio',
  script: {
    async call({ id }, out) {
      const answer = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[]}}\n`;
      for (const character of answer) {
        out.raw(character);
        await sleep(500);
      }
    },
  },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['TIMEOUT'],
};
