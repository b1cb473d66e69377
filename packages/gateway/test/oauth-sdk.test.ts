import { verifies } from '@wardmesh/testkit';
import {
  Client,
  DpopSession,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@wardmesh/testkit/sdk-client';
import { Agent as Dispatcher, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { CALLBACK, TestClient, TestWallet } from './oauth-support.ts';

/** What a program that uses the official client keeps. */
class Provider implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata = {
    client_name: 'SDK client',
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  readonly asked: URL[] = [];
  readonly dpop?: () => Promise<DpopSession>;
  client: Loose | undefined;
  kept: Loose | undefined;
  #verifier = '';

  constructor(session?: DpopSession) {
    if (session) this.dpop = async () => session;
  }

  state = () => 'sdk state';
  clientInformation = () => this.client as never;
  saveClientInformation = (client: unknown) => {
    this.client = client as Loose;
  };
  tokens = () => this.kept as never;
  saveTokens = (tokens: unknown) => {
    this.kept = tokens as Loose;
  };
  redirectToAuthorization = (url: URL) => {
    this.asked.push(url);
  };
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  codeVerifier = () => this.#verifier;
}

describe('the official client of the SDK', () => {
  verifies('WM-GW-2');
  let t: TestGateway;
  let dispatcher: Dispatcher;
  const wallet = new TestWallet();
  beforeAll(async () => {
    t = await TestGateway.start({ people: { rolesOf: () => ['agent'] } });
    dispatcher = new Dispatcher({ connect: { ca: t.gateway.tls!.caPem } });
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await t.stop();
  });

  const transportOf = (authProvider: Provider) =>
    new StreamableHTTPClientTransport(new URL(`${t.gateway.url}/servers/t/mcp`), {
      authProvider,
      fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher } as never)) as never,
    });

  /** Connects; where it is told to sign in, a person does, and it connects again. */
  async function connect(provider: Provider, allow?: readonly string[]): Promise<Client> {
    const first = new Client({ name: 'sdk', version: '1' });
    const transport = transportOf(provider);
    await expect(first.connect(transport)).rejects.toThrow();
    await answer(provider, transport, allow);
    const client = new Client({ name: 'sdk', version: '1' });
    await client.connect(transportOf(provider));
    return client;
  }

  async function answer(provider: Provider, transport: StreamableHTTPClientTransport, allow?: readonly string[]) {
    const asked = provider.asked.at(-1)!;
    const person = new TestClient(t);
    person.authorizeUrl = () => asked.href;
    const end = await person.signIn(wallet, allow === undefined ? {} : { allow });
    expect(end.searchParams.get('state')).toBe('sdk state');
    await transport.finishAuth(end.searchParams);
  }

  it('finds its own way from the 401 to a call: metadata, registration, PKCE, resource, issuer', async () => {
    const provider = new Provider();
    const client = await connect(provider);
    const asked = provider.asked[0]!;
    expect(asked.searchParams.get('resource')).toBe(`${t.gateway.url}/servers/t/mcp`);
    expect(asked.searchParams.get('scope')).toContain('mcp:read');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    expect(result.content).toEqual([{ type: 'text', text: 'hi' }]);
    await client.close();
  });

  it('refreshes by itself, and steps up where a scope is missing', async () => {
    const provider = new Provider();
    const client = await connect(provider, ['mcp:read']);
    expect(provider.kept?.scope).toBe('mcp:read');
    const before = provider.kept?.access_token;
    provider.kept = { ...provider.kept, access_token: `${before}x` };
    await client.listTools();
    expect(provider.kept?.access_token).not.toBe(before);
    const calls = provider.asked.length;
    await expect(client.callTool({ name: 'write', arguments: { line: 'x' } })).rejects.toThrow();
    expect(provider.asked).toHaveLength(calls + 1);
    expect(provider.asked.at(-1)?.searchParams.get('scope')).toContain('mcp:call');
    await client.close();
  });

  it('binds its tokens to a key where it can (DPoP)', async () => {
    const provider = new Provider(await DpopSession.create());
    const client = await connect(provider);
    expect(provider.kept?.token_type).toBe('DPoP');
    const result = await client.callTool({ name: 'echo', arguments: { message: 'bound' } });
    expect(result.content).toEqual([{ type: 'text', text: 'bound' }]);
    const stolen = await t.raw('{}', { token: provider.kept?.access_token });
    expect(stolen.status).not.toBe(200);
    await client.close();
  });
});
