import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import {
  createLocalJWKSet,
  decodeJwt,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Loose, TestGateway } from './harness.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: Loose;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return text;
}

export const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** A Solana wallet made with Node's own Ed25519. */
export class TestWallet {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly address = base58(this.#keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  readonly person = `${SOLANA}:${this.address}`;

  sign(message: string): string {
    return sign(null, Buffer.from(message), this.#keys.privateKey).toString('base64');
  }
}

/** An HTTP client with or without cookies: a browser, or a program. */
export class Agent {
  readonly #t: TestGateway;
  readonly #withCookies: boolean;
  readonly cookies = new Map<string, { value: string; path: string }>();

  constructor(t: TestGateway, withCookies = false) {
    this.#t = t;
    this.#withCookies = withCookies;
  }

  get origin(): string {
    return this.#t.gateway.url;
  }

  send(
    method: string,
    path: string,
    options: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const url = new URL(path, this.origin);
    const cookie = [...this.cookies]
      .filter(([, { path: at }]) => url.pathname.startsWith(at))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        {
          host: 'localhost',
          port: url.port,
          path: url.pathname + url.search,
          method,
          ca: this.#t.gateway.tls?.caPem,
          servername: 'localhost',
          headers: { ...(this.#withCookies && cookie !== '' && { cookie }), ...options.headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('end', () => {
            if (this.#withCookies) for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
            let json: Loose = {};
            try {
              json = JSON.parse(text);
            } catch {}
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
          });
        },
      );
      request.on('error', reject);
      request.end(options.body);
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', path, { headers });
  }

  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', path, {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  json(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.origin, ...headers },
    });
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const path = attributes.find((each) => each.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, { value, path });
  }
}

export const sha256url = (text: string) => createHash('sha256').update(text).digest('base64url');
export const CALLBACK = 'http://127.0.0.1:53682/callback';

export interface Flow {
  readonly clientId?: string;
  readonly redirectUri?: string;
  readonly resource?: string;
  readonly scope?: string | null;
  readonly verifier?: string;
  readonly state?: string;
  /** Changes the query of the authorization request. */
  readonly query?: Record<string, string | null>;
  /** Scopes to leave ticked. */
  readonly allow?: readonly string[];
}

/** An MCP client of the specification, written with nothing of ours: discovery, registration, PKCE, code, refresh, DPoP. */
export class TestClient {
  readonly t: TestGateway;
  readonly http: Agent;
  clientId = '';
  readonly verifier = randomBytes(32).toString('base64url');

  constructor(t: TestGateway) {
    this.t = t;
    this.http = new Agent(t);
  }

  get resource(): string {
    return `${this.t.gateway.url}/servers/t/mcp`;
  }

  async register(metadata: Loose = {}): Promise<Reply> {
    const reply = await this.http.json('/oauth/register', {
      client_name: 'Test client',
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'none',
      ...metadata,
    });
    if (reply.status === 201) this.clientId = reply.json.client_id;
    return reply;
  }

  authorizeUrl(flow: Flow = {}): string {
    const url = new URL('/oauth/authorize', this.t.gateway.url);
    const query: Record<string, string | null> = {
      response_type: 'code',
      client_id: flow.clientId ?? this.clientId,
      redirect_uri: flow.redirectUri ?? CALLBACK,
      code_challenge: sha256url(flow.verifier ?? this.verifier),
      code_challenge_method: 'S256',
      state: flow.state ?? 'a state',
      resource: flow.resource ?? this.resource,
      scope: flow.scope === undefined ? 'mcp:read mcp:call' : flow.scope,
      ...flow.query,
    };
    for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
    return url.href;
  }

  /** Signs in and consents as a person at the page does. @returns where the browser ends: the client's redirect */
  async signIn(wallet: TestWallet, flow: Flow = {}, browser = new Agent(this.t, true)): Promise<URL> {
    let reply = await browser.get(this.authorizeUrl(flow));
    for (let step = 0; step < 10; step++) {
      const location = reply.headers.location;
      if (typeof location === 'string') {
        const url = new URL(location, this.t.gateway.url);
        if (url.origin !== this.t.gateway.url) return url;
        const interaction = /^\/oauth\/interaction\/[^/]+$/.test(url.pathname);
        reply = await browser.get(url.href);
        if (!interaction) continue;
        if (reply.status !== 200) throw new Error(`page: ${reply.status} ${reply.text}`);
        const next = reply.text.includes('id="allow"')
          ? await browser.json(`${url.pathname}/consent`, { scopes: flow.allow ?? scopesOn(reply.text) })
          : await this.sign(browser, url.pathname, wallet);
        if (next.status !== 200) throw new Error(`interaction: ${next.status} ${next.text}`);
        reply = await browser.get(next.json.location);
        continue;
      }
      throw new Error(`no redirect: ${reply.status} ${reply.text.replace(/<style[\s\S]*<\/style>/, '')}`);
    }
    throw new Error('the sign-in goes round in circles');
  }

  async sign(browser: Agent, base: string, wallet: TestWallet): Promise<Reply> {
    const { json } = await browser.json(`${base}/challenge`, { chain: SOLANA, address: wallet.address });
    const { message } = json;
    return browser.json(`${base}/verify`, {
      chain: SOLANA,
      message,
      signature: wallet.sign(message),
      address: wallet.address,
    });
  }

  redeem(code: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.http.form(
      '/oauth/token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        client_id: this.clientId,
        code_verifier: this.verifier,
        resource: this.resource,
        ...fields,
      },
      headers,
    );
  }

  refresh(refreshToken: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.http.form(
      '/oauth/token',
      { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: this.clientId },
      headers,
    );
  }

  /** The whole way. @returns the token answer */
  async tokens(wallet: TestWallet, flow: Flow = {}, headers: Record<string, string> = {}): Promise<Loose> {
    if (this.clientId === '') await this.register();
    const end = await this.signIn(wallet, flow);
    const code = end.searchParams.get('code');
    if (code === null) throw new Error(`no code: ${end.href}`);
    const fields = flow.resource === undefined ? {} : { resource: flow.resource };
    const reply = await this.redeem(code, fields, headers);
    if (reply.status !== 200) throw new Error(`token: ${reply.status} ${reply.text}`);
    return reply.json;
  }
}

function scopesOn(page: string): string[] {
  return [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1]!);
}

/** A DPoP key and its proofs. */
export class DpopKey {
  readonly #keys: GenerateKeyPairResult;

  private constructor(keys: GenerateKeyPairResult) {
    this.#keys = keys;
  }

  static async make(): Promise<DpopKey> {
    return new DpopKey(await generateKeyPair('ES256', { extractable: true }));
  }

  async proof(method: string, url: string, accessToken?: string, changes: Loose = {}): Promise<string> {
    const { kty, crv, x, y } = await exportJWK(this.#keys.publicKey);
    return new SignJWT({
      jti: randomBytes(12).toString('hex'),
      htm: method,
      htu: url,
      iat: Math.floor(Date.now() / 1_000),
      ...(accessToken !== undefined && { ath: sha256url(accessToken) }),
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as never })
      .sign(this.#keys.privateKey);
  }
}

/** Claims of a token, its signature checked with the published keys. */
export async function verified(t: TestGateway, token: string): Promise<Loose> {
  const { json } = await new Agent(t).get('/oauth/jwks');
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(json as never));
  return { ...payload, header: protectedHeader };
}

export { decodeJwt };
