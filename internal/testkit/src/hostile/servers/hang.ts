import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const hang: HostileServer = {
  id: 'hang',
  title: 'never answers a call',
  transport: 'stdio',
  script: { call() {} },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['TIMEOUT'],
};
