import { act, byText } from '../observe.ts';
import type { HostileServer } from '../server.ts';

const EVIL = 'the hidden answer';

export const duplicateKeys: HostileServer = {
  id: 'duplicate-keys',
  title: 'names `result` twice, harmless first',
  transport: 'stdio',
  script: {
    call({ id }, out) {
      const result = (text: string): string => `"result":{"content":[{"type":"text","text":"${text}"}]}`;
      out.raw(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},${result('harmless')},${result(EVIL)}}\n`);
    },
  },
  run: async (peer) => byText(await act(peer), EVIL),
  // A line that is no strict JSON is no answer: it is dropped, and the call runs into its time limit.
  expect: ['UPSTREAM_FAILED', 'RESULT_INVALID', 'TIMEOUT'],
};
