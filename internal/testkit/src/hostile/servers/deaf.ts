import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const deaf: HostileServer = {
  id: 'deaf',
  title: 'never reads its input',
  transport: 'stdio',
  script: { deaf: true },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_FAILED', 'TIMEOUT', 'TOOL_UNKNOWN', 'SERVER_NOT_REVIEWED'],
};
