import { createServer } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { expect, it } from 'vitest';
import { TestGateway } from './harness.ts';
import { TestClient, TestWallet } from './oauth-support.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
});

it('a restart keeps clients, consents, refresh tokens and keys, and brings nothing back that was revoked', async () => {
  verifies('CM-AUTH-2');
  const options = { people: { rolesOf: () => ['agent'] } };
  const port = await freePort();
  const first = await TestGateway.start({ ...options, port });
  const [kept, revoked] = [new TestClient(first), new TestClient(first)];
  const wallet = new TestWallet();
  const tokens = await kept.tokens(wallet);
  const gone = await revoked.tokens(wallet);
  await revoked.http.form('/oauth/revoke', { token: gone.refresh_token, client_id: revoked.clientId });
  await first.stop(true);
  const second = await TestGateway.start({ ...options, port, home: first.home, unpinned: true });
  try {
    expect((await second.raw(INITIALIZE, { token: tokens.access_token })).status).toBe(200);
    expect((await second.raw(INITIALIZE, { token: gone.access_token })).status).toBe(401);
    const again = new TestClient(second);
    again.clientId = kept.clientId;
    const refreshed = await again.refresh(tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    expect((await second.raw(INITIALIZE, { token: refreshed.json.access_token })).status).toBe(200);
    again.clientId = revoked.clientId;
    expect((await again.refresh(gone.refresh_token)).status).toBe(400);
  } finally {
    await second.stop();
  }
}, 30_000);
