import { act, byText } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const invalidUtf8: HostileServer = {
  id: 'invalid-utf8',
  title: 'puts bytes into a text that are no UTF-8',
  transport: 'stdio',
  script: {
    call({ id }, out) {
      out.raw(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":"`);
      out.raw(Uint8Array.of(0xc0, 0xaf, 0xff, 0xfe, 0xed, 0xa0, 0x80));
      out.raw('"}]}}\n');
    },
  },
  // A naive decoder puts U+FFFD where it understood nothing.
  run: async (peer) => byText(await act(peer), '\ufffd'),
  // A line that is no strict JSON is no answer: it is dropped, and the call runs into its time limit.
  expect: ['UPSTREAM_FAILED', 'RESULT_INVALID', 'TIMEOUT'],
};
