import { wordOf } from '../../peer/peer.ts';
import { act } from '../observe.ts';
import type { HostileServer } from '../server.ts';

const SIZE = 100 * 1024 * 1024;
/** The most a gateway lets through, bytes (core MAX_RESPONSE_BYTES), and room for the frame. */
const BOUND = 11 * 1024 * 1024;

function huge(id: string, title: string, write: NonNullable<HostileServer['script']['call']>): HostileServer {
  return {
    id,
    title,
    transport: 'stdio',
    script: { call: write },
    async run(peer) {
      const answer = await act(peer, 60_000);
      const through = peer.bytes.protocol > BOUND;
      return { through, observed: through ? `${peer.bytes.protocol} bytes` : wordOf(answer) };
    },
    // Many lines may also be held back one by one: the call then ends, and next to nothing got through.
    expect: ['RESULT_TOO_LARGE', 'UPSTREAM_FAILED', 'MEMORY_LIMIT', ...(id === 'huge-lines' ? ['result'] : [])],
  };
}

/** 100 MB as one line, and as many lines. */
export const hugeAnswers: readonly HostileServer[] = [
  huge('huge-line', 'answers with one line of 100 MB', ({ id }, out) => out.text(id, 'x'.repeat(SIZE))),
  huge('huge-lines', 'answers with 100 MB in lines of 64 KB', async ({ id }, out) => {
    const data = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < SIZE; sent += data.length) {
      out.send({ method: 'notifications/message', params: { level: 'info', data } });
      await out.drained();
    }
    out.text(id, 'done');
  }),
];
