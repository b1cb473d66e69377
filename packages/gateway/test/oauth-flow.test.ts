import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from './harness.ts';
import { Agent, CALLBACK, TestClient, TestWallet, verified } from './oauth-support.ts';

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
});

describe('OAuth for MCP clients', () => {
  verifies('WM-GW-2');
  let t: TestGateway;
  const wallet = new TestWallet();
  beforeAll(async () => {
    t = await TestGateway.start({ people: { rolesOf: () => ['agent'] } });
  });
  afterAll(() => t.stop());

  it('tells a client without a token where to sign in, and for what', async () => {
    const answer = await t.raw(INITIALIZE, { token: null });
    expect(answer.status).toBe(401);
    const challenge = String(answer.headers['www-authenticate']);
    expect(challenge).toContain(
      `resource_metadata="${t.gateway.url}/.well-known/oauth-protected-resource/servers/t/mcp"`,
    );
    expect(challenge).toContain('scope="mcp:read mcp:call"');
    expect(challenge).not.toContain('offline_access');
    expect(challenge).toContain('DPoP algs="ES256 EdDSA"');
  });

  it('describes each endpoint and its authorisation server', async () => {
    const http = new Agent(t);
    for (const [suffix, resource] of [
      ['', '/mcp'],
      ['/mcp', '/mcp'],
      ['/servers/t/mcp', '/servers/t/mcp'],
    ] as const) {
      const { json, status } = await http.get(`/.well-known/oauth-protected-resource${suffix}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({
        resource: `${t.gateway.url}${resource}`,
        authorization_servers: [t.gateway.url],
        scopes_supported: ['mcp:read', 'mcp:call'],
        bearer_methods_supported: ['header'],
      });
    }
    expect((await http.get('/.well-known/oauth-protected-resource/etc/passwd')).status).toBe(404);
    const { json } = await http.get('/.well-known/oauth-authorization-server');
    expect(json).toMatchObject({
      issuer: t.gateway.url,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      registration_endpoint: `${t.gateway.url}/oauth/register`,
    });
    expect(json.grant_types_supported).toContain('refresh_token');
    expect((await http.get('/.well-known/openid-configuration')).json).toEqual(json);
  });

  it('takes a client from registration to a call, as the person who signed', async () => {
    const client = new TestClient(t);
    const registered = await client.register();
    expect(registered.status).toBe(201);
    expect(registered.json.client_secret).toBeUndefined();
    const end = await client.signIn(wallet);
    expect(end.origin + end.pathname).toBe(CALLBACK);
    expect(end.searchParams.get('state')).toBe('a state');
    expect(end.searchParams.get('iss')).toBe(t.gateway.url);
    const { json, status } = await client.redeem(end.searchParams.get('code')!);
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'mcp:read mcp:call' });
    const claims = await verified(t, json.access_token);
    expect(claims).toMatchObject({
      iss: t.gateway.url,
      sub: wallet.person,
      aud: `${t.gateway.url}/servers/t/mcp`,
      client_id: client.clientId,
      header: { alg: 'ES256', typ: 'at+jwt' },
    });
    const opened = await t.raw(INITIALIZE, { token: json.access_token });
    expect(opened.status).toBe(200);
    const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
    const called = await t.send(
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' } } },
      { token: json.access_token, headers: session },
    );
    expect(called.message.result.content).toBeDefined();
    const [entry] = (await t.gateway.home.audit.tail(1)) as unknown as { actor: { id: string } }[];
    expect(entry?.actor.id).toBe(wallet.person);
  });
});
