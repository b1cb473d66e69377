import { describe, expect, it } from 'vitest';
import { attempt, clientAttacks, startNaiveServer } from './index.ts';

const tokens = { local: 'a', mallory: 'b', revoked: 'c', busy: 'd' };

// The positive control of every attack: a server without checks must do as told.
describe('each hostile client gets through to a naive server', () => {
  it.concurrent.each(clientAttacks.map((attack) => [attack.id, attack] as const))(
    '%s',
    async (_id, attack) => {
      const server = await startNaiveServer();
      try {
        expect(await attack.run({ url: server.url, tokens })).toMatchObject({ through: true });
      } finally {
        await server.close();
      }
    },
    60_000,
  );
});

describe('an attempt', () => {
  it('is seen to fail where the server refuses', async () => {
    const refused = await attempt({ url: 'http://127.0.0.1:9/mcp', tokens }, () => {}).catch(() => 'refused');
    expect(refused).toBe('refused');
  });
  it('has an id of its own', () => {
    expect(new Set(clientAttacks.map(({ id }) => id)).size).toBe(clientAttacks.length);
  });
});
