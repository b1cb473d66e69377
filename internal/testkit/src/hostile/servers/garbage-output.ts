import { act, wordOfNoise } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const garbageOutput: HostileServer = {
  id: 'garbage-output',
  title: 'writes half lines, terminal escapes and binary between its messages',
  transport: 'stdio',
  script: {
    call({ id }, out) {
      out.raw('{"jsonrpc":"2.0","id":');
      out.raw('\n\u001b[2J\u001b]0;owned\u0007\u001b[31mPWNED\u001b[0m\n');
      out.raw(Uint8Array.from({ length: 256 }, (_, index) => index));
      out.raw('\n');
      out.text(id, 'done');
    },
  },
  run: async (peer) => wordOfNoise(await act(peer), peer),
  expect: ['result', 'UPSTREAM_FAILED'],
};
