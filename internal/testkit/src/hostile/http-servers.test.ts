import { describe, expect, it } from 'vitest';
import { openHttpPeer } from '../peer/http.ts';
import { type HostileHttpServer, startHostileHttp, textResult } from './http-server.ts';
import { httpServers } from './http-servers.ts';

const honest: Pick<HostileHttpServer, 'call'> = {
  call: ({ id }, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(textResult(id, 'done')),
};
const cases = httpServers.map((server) => [server.id, server] as const);

async function observe(server: HostileHttpServer, played: Pick<HostileHttpServer, 'call'>) {
  const running = await startHostileHttp(played);
  const peer = await openHttpPeer(running.url);
  try {
    return await server.run(peer, { marker: '', waitMs: 1_500, sinkHits: running.sinkHits });
  } finally {
    await peer.close();
    await running.close();
  }
}

describe('each hostile HTTP server shows its fault to a naive client', () => {
  it.each(cases)('%s', async (_id, server) => {
    expect(await observe(server, server)).toMatchObject({ through: true });
  });
});

describe('an honest server shows no fault', () => {
  it.each(cases)('%s', async (_id, server) => {
    expect(await observe(server, honest)).toMatchObject({ through: false });
  });
});
