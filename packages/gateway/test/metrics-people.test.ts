import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { Agent, DpopKey, TestClient, TestWallet } from './oauth-support.ts';

describe('GET /metrics, for a person', () => {
  verifies('CM-MON-1');
  let t: TestGateway;
  let http: Agent;
  const auditor = new TestWallet();
  const consumer = new TestWallet();

  const get = (authorization: string, headers: Record<string, string> = {}) =>
    http.get('/metrics', { authorization, ...headers });
  const tokens = (wallet: TestWallet, changes: Loose = {}, headers: Record<string, string> = {}): Promise<Loose> =>
    new TestClient(t).tokens(
      wallet,
      { resource: `${t.gateway.url}/api`, scope: 'api offline_access', query: { prompt: 'consent' }, ...changes },
      headers,
    );

  beforeAll(async () => {
    t = await TestGateway.start({
      people: { rolesOf: (person) => [person === auditor.person ? 'auditor' : 'consumer'] },
    });
    http = new Agent(t);
  });
  afterAll(() => t.stop());

  it('answers one with the role, by an access token for the API', async () => {
    const { access_token } = await tokens(auditor);
    const answer = await get(`Bearer ${access_token}`);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('ward_serving 1');
  });

  it('refuses one without the role', async () => {
    const { access_token } = await tokens(consumer);
    expect((await get(`Bearer ${access_token}`)).status).toBe(403);
  });

  it('refuses a token for an MCP endpoint, whatever its person may do', async () => {
    const { access_token } = await tokens(auditor, {
      resource: `${t.gateway.url}/mcp`,
      scope: 'mcp:read mcp:call offline_access',
    });
    const answer = await get(`Bearer ${access_token}`);
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('ward_');
  });

  it('wants the proof of a token that is bound to a key, and for this address', async () => {
    const key = await DpopKey.make();
    const { access_token } = await tokens(
      auditor,
      {},
      { dpop: await key.proof('POST', `${t.gateway.url}/oauth/token`) },
    );
    const at = (path: string) => key.proof('GET', `${t.gateway.url}${path}`, access_token);
    expect((await get(`DPoP ${access_token}`, { dpop: await at('/metrics') })).status).toBe(200);
    expect((await get(`DPoP ${access_token}`, { dpop: await at('/mcp') })).status).toBe(401);
    expect((await get(`Bearer ${access_token}`)).status).toBe(401);
    const text = await t.gateway.services.metrics.registry.metrics();
    expect(text).toMatch(/ward_auth_failures_total\{kind="dpop"\} [1-9]/);
    expect(text).toMatch(/ward_auth_failures_total\{kind="access_token"\} [1-9]/);
  });
});
