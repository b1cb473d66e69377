import { wordOf } from '../../peer/peer.ts';
import { act } from '../observe.ts';
import type { HostileServer } from '../server.ts';

const DEPTH = 5_000;

export const deepJson: HostileServer = {
  id: 'deep-json',
  title: `nests its answer ${DEPTH} levels deep`,
  transport: 'stdio',
  script: {
    call({ id }, out) {
      const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
      const content = '[{"type":"text","text":"done"}]';
      out.raw(
        `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":${content},"structuredContent":{"deep":${deep}}}}\n`,
      );
    },
  },
  async run(peer) {
    const answer = await act(peer);
    const through = answer.kind === 'result' && depth(answer.result) > 64;
    return { through, observed: through ? 'deep result' : wordOf(answer) };
  },
  // A line that is no strict JSON is no answer: it is dropped, and the call runs into its time limit.
  expect: ['UPSTREAM_FAILED', 'RESULT_INVALID', 'TIMEOUT'],
};

function depth(value: unknown): number {
  let deepest = 0;
  const open: [unknown, number][] = [[value, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, level] = next;
    deepest = Math.max(deepest, level);
    if (typeof node === 'object' && node !== null)
      for (const child of Object.values(node)) open.push([child, level + 1]);
  }
  return deepest;
}
