import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { wordOf } from '../../peer/peer.ts';
import type { HostileHttpServer } from '../http-server.ts';
import { act } from '../observe.ts';

const SIZE = 100 * 1024 * 1024;
/** The most a gateway lets through, bytes (core MAX_RESPONSE_BYTES), and room for the frame. */
const BOUND = 11 * 1024 * 1024;

export const floodingStream: HostileHttpServer = {
  id: 'http-flooding-stream',
  title: 'sends one event of 100 MB',
  transport: 'http',
  async call({ id }, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // Ends with an error when the reader hangs up, which is what it should do.
    await pipeline(Readable.from(hugeEvent(id)), response).catch(() => {});
  },
  async run(peer) {
    const answer = await act(peer, 60_000);
    const through = peer.bytes.protocol > BOUND;
    return { through, observed: through ? `${peer.bytes.protocol} bytes` : wordOf(answer) };
  },
  expect: ['RESULT_TOO_LARGE', 'UPSTREAM_FAILED'],
};

function* hugeEvent(id: string | number): Generator<string> {
  yield `data: {"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":"`;
  const chunk = 'x'.repeat(1024 * 1024);
  for (let sent = 0; sent < SIZE; sent += chunk.length) yield chunk;
  yield '"}]}}\n\n';
}
