import { describe, expect, it } from 'vitest';
import { openStdioPeer } from '../peer/stdio.ts';
import { stdioServers } from './stdio-servers.ts';

const MAIN = new URL('./main.ts', import.meta.url).pathname;
const context = { marker: `control-${process.pid}`, waitMs: 1_500, sinkHits: () => 0 };
const cases = stdioServers.map((server) => [server.id, server] as const);

async function observe(server: (typeof stdioServers)[number], played: string) {
  const peer = await openStdioPeer(process.execPath, [MAIN, played, context.marker], 3_000);
  try {
    return await server.run(peer, context);
  } finally {
    await peer.close();
  }
}

// The positive control of every attack: a client without a gateway must show the fault.
describe('each hostile stdio server shows its fault to a naive client', () => {
  it.each(cases)('%s', async (id, server) => {
    expect(await observe(server, id)).toMatchObject({ through: true });
  });
});

// And the other way round: what looks for the fault must not find it where there is none.
describe('an honest server shows no fault', () => {
  it.each(cases)('%s', async (_id, server) => {
    expect(await observe(server, 'honest')).toMatchObject({ through: false });
  });
});

it('no two hostile servers have one id', () => {
  expect(new Set(stdioServers.map(({ id }) => id)).size).toBe(stdioServers.length);
});
