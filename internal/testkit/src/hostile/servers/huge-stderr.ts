import { wordOf } from '../../peer/peer.ts';
import { act } from '../observe.ts';
import type { HostileServer } from '../server.ts';

const SIZE = 100 * 1024 * 1024;

export const hugeStderr: HostileServer = {
  id: 'huge-stderr',
  title: 'writes 100 MB to its standard error',
  transport: 'stdio',
  script: {
    async call({ id }, out) {
      const chunk = 'E'.repeat(1024 * 1024);
      for (let sent = 0; sent < SIZE; sent += chunk.length) {
        if (!process.stderr.write(chunk)) await new Promise((resolve) => process.stderr.once('drain', resolve));
      }
      out.text(id, 'done');
    },
  },
  async run(peer) {
    const answer = await act(peer, 60_000);
    const through = peer.bytes.diagnostics > 64 * 1024 * 1024 || answer.kind === 'silence';
    return { through, observed: through ? `${peer.bytes.diagnostics} bytes kept` : wordOf(answer) };
  },
  expect: ['result', 'UPSTREAM_FAILED', 'TIMEOUT'],
};
