import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const wrongId: HostileServer = {
  id: 'wrong-id',
  title: 'answers with an id that nobody used',
  transport: 'stdio',
  script: { call: (_request, out) => out.text(987_654_321, 'done') },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['UPSTREAM_FAILED', 'TIMEOUT'],
};
