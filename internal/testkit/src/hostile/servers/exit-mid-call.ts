import { act, bySilence } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const exitMidCall: HostileServer = {
  id: 'exit-mid-call',
  title: 'exits in the middle of a call',
  transport: 'stdio',
  script: {
    call() {
      process.exit(7);
    },
  },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['UPSTREAM_FAILED'],
};
