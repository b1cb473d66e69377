import { request as httpRequest } from 'node:http';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';

/** A gateway behind a proxy that ends TLS: plain on loopback, `https://gw.example` for the world. */
describe('a public name', () => {
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start({
      people: { rolesOf: () => ['agent'] },
      config: { listen: { port: 0, insecureLoopback: true, publicUrl: 'https://gw.example' } },
      unpinned: true,
    });
  });
  afterAll(() => t.stop());

  const get = (path: string, host: string, method = 'GET') =>
    new Promise<{ status: number; headers: Loose; json: Loose }>((resolve, reject) => {
      const { port } = new URL(t.gateway.url);
      const headers = { host, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            json: text.startsWith('{') ? JSON.parse(text) : {},
          }),
        );
      });
      request.on('error', reject);
      request.end(method === 'POST' ? '{"jsonrpc":"2.0","id":1,"method":"ping"}' : undefined);
    });

  it('is the issuer, the resource and the place of sign-in, with its own scheme', async () => {
    const refused = await get('/mcp', 'gw.example', 'POST');
    expect(refused.headers['www-authenticate']).toContain(
      'resource_metadata="https://gw.example/.well-known/oauth-protected-resource/mcp"',
    );
    const resource = await get('/.well-known/oauth-protected-resource/mcp', 'gw.example');
    expect(resource.json).toMatchObject({
      resource: 'https://gw.example/mcp',
      authorization_servers: ['https://gw.example'],
    });
    const { json } = await get('/.well-known/oauth-authorization-server', 'gw.example');
    expect(json.issuer).toBe('https://gw.example');
    expect(json.token_endpoint).toBe('https://gw.example/oauth/token');
  });

  it('sends cookies over TLS only, also where TLS ends before us (CM-TLS-1)', async () => {
    verifies('CM-TLS-1');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'wardmesh-cli',
      redirect_uri: 'http://127.0.0.1:1/callback',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      resource: 'https://gw.example/api',
    });
    const reply = await get(`/oauth/authorize?${query}`, 'gw.example');
    expect(reply.status).toBe(303);
    const cookies = reply.headers['set-cookie'] as string[];
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__(?:Host|Secure)-.*; secure/i);
    expect(String(reply.headers.location)).toMatch(/^(?:https:\/\/gw\.example)?\/oauth\/interaction\//);
  });
});
