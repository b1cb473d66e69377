import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const crashAtStart: HostileServer = {
  id: 'crash-at-start',
  title: 'crashes before it speaks',
  transport: 'stdio',
  script: {
    start() {
      process.stderr.write('Error: no luck today\n');
      process.exit(1);
    },
  },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_FAILED', 'SERVER_NOT_REVIEWED', 'TOOL_UNKNOWN'],
};
