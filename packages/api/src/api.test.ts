import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { ApiClient, ENDPOINTS, type Endpoint, openApiDocument } from './index.ts';

const all = Object.entries(ENDPOINTS) as [string, Endpoint][];

describe('the endpoints', () => {
  it('name each method and path once', () => {
    const routes = all.map(([, { method, path }]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it.each(all)('%s: its path parameters are those of its schema', (_id, { path, params }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {})).toEqual(named);
  });

  it.each(all.filter(([, { method }]) => method === 'GET'))('%s changes nothing, so it takes no body', (_id, given) => {
    expect(given.body).toBeUndefined();
  });

  it('are open before sign-in only where signing in needs it', () => {
    const open = all.filter(([, { permission }]) => permission === 'public').map(([id]) => id);
    expect(open).toEqual(['session.challenge', 'session.create', 'session.passkeyChallenge', 'session.passkey']);
  });
});

describe('the OpenAPI document', () => {
  verifies('CM-API-1');

  it('has every endpoint, with its permission and its schemas', () => {
    const document = openApiDocument('1.0.0') as {
      paths: Record<string, Record<string, { operationId: string; 'x-permission': string; requestBody?: unknown }>>;
    };
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ENDPOINTS).sort());
    for (const { operationId, requestBody, ...rest } of operations) {
      const given: Endpoint = ENDPOINTS[operationId as keyof typeof ENDPOINTS];
      expect(rest['x-permission']).toBe(given.permission);
      expect(requestBody !== undefined).toBe(given.body !== undefined);
    }
    // Nothing in it that JSON cannot carry.
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('the client', () => {
  const answering = (status: number, body: unknown) => {
    const sent: { url: string; init: RequestInit }[] = [];
    const client = new ApiClient({
      origin: 'https://localhost:7443',
      async fetch(url, init) {
        sent.push({ url, init });
        return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
      },
    });
    return { client, sent };
  };

  it('puts parameters where they belong and says that it is no form', async () => {
    const { client, sent } = answering(200, { id: 'a/b', revoked: true });
    await client.call('agents.revoke', { params: { id: 'a/b' } });
    expect(sent[0]!.url).toBe('https://localhost:7443/api/agents/a%2Fb');
    expect(sent[0]!.init).toMatchObject({ method: 'DELETE', credentials: 'same-origin', redirect: 'error' });
    expect(sent[0]!.init.headers).toMatchObject({ 'x-ward-request': '1' });
  });

  it('leaves out what is not asked for', async () => {
    const { client, sent } = answering(200, { entries: [], size: 0, more: false, next: null });
    await client.call('activity.list', { query: { search: 'a&b', limit: 5 } });
    expect(sent[0]!.url).toBe('https://localhost:7443/api/activity?search=a%26b&limit=5');
  });

  it('throws the gateway’s code', async () => {
    const { client } = answering(403, {
      code: 'NOT_PERMITTED',
      message: 'no',
      hint: 'ask an admin',
      correlationId: 'c',
    });
    await expect(client.call('status')).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      hint: 'ask an admin',
      correlationId: 'c',
    });
  });

  it.each([
    ['an answer of another shape', 200, { version: 1 }],
    ['no JSON', 200, '<html>'],
    ['an error without a code', 500, { error: 'x' }],
  ])('refuses %s', async (_what, status, body) => {
    await expect(answering(status, body).client.call('status')).rejects.toMatchObject({ code: 'API_PROTOCOL' });
  });

  it('says that nobody answers', async () => {
    const client = new ApiClient({ origin: '', fetch: () => Promise.reject(new TypeError('refused')) });
    await expect(client.call('me')).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  });
});
