import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;

/** A protected MCP address and its authorisation server on one port, with every answer open to change. Plain http, loopback. */
export class FakeServer {
  readonly #server: Server;
  origin = '';
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly tokenRequests: URLSearchParams[] = [];
  readonly tokenHeaders: IncomingMessage['headers'][] = [];
  challenge: string | undefined;
  resource: Fields = {};
  metadata: Fields = {};
  /** Answers the token endpoint in the place of the honest way. */
  onToken:
    | ((fields: URLSearchParams) => { status: number; json: Fields } | Promise<{ status: number; json: Fields }>)
    | undefined;
  lifetime = 600;
  #count = 0;
  #refresh = '';
  /** Challenges of PKCE by code. */
  readonly codes = new Map<string, string>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    fake.origin = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  /** What a person's consent leads to: the query of the redirect. */
  consent(authorizationUrl: string, changes: Record<string, string | null> = {}): URLSearchParams {
    const asked = new URL(authorizationUrl).searchParams;
    const code = `code-${this.codes.size}`;
    this.codes.set(code, asked.get('code_challenge') ?? '');
    const answer = new URLSearchParams();
    const all = { code, state: asked.get('state'), iss: this.origin, ...changes };
    for (const [name, value] of Object.entries(all)) if (value !== null) answer.set(name, value);
    return answer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(path);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const send = (status: number, json: Fields, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
    switch (path) {
      case '/mcp':
        return void send(401, {}, this.challenge === undefined ? {} : { 'www-authenticate': this.challenge });
      case '/.well-known/oauth-protected-resource/mcp':
        return void send(200, {
          resource: this.url,
          authorization_servers: [this.origin],
          scopes_supported: ['read', 'write'],
          ...this.resource,
        });
      case '/.well-known/oauth-authorization-server':
        return void send(200, {
          issuer: this.origin,
          authorization_endpoint: `${this.origin}/authorize?tenant=1`,
          token_endpoint: `${this.origin}/token`,
          registration_endpoint: `${this.origin}/register`,
          revocation_endpoint: `${this.origin}/revoke`,
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
          ...this.metadata,
        });
      case '/register':
        return void send(201, { client_id: `client of ${(JSON.parse(body) as Fields).client_name}` });
      case '/revoke':
        return void send(200, {});
      case '/token': {
        const fields = new URLSearchParams(body);
        this.tokenRequests.push(fields);
        this.tokenHeaders.push(request.headers);
        const { status, json } = this.onToken ? await this.onToken(fields) : this.honest(fields);
        return void send(status, json);
      }
      default:
        return void send(404, {});
    }
  }

  honest(fields: URLSearchParams): { status: number; json: Fields } {
    const isCode = fields.get('grant_type') === 'authorization_code';
    const challenge = createHash('sha256')
      .update(fields.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood = isCode
      ? this.codes.get(fields.get('code') ?? '') === challenge
      : fields.get('refresh_token') === this.#refresh;
    this.codes.delete(fields.get('code') ?? '');
    if (!isGood) return { status: 400, json: { error: 'invalid_grant' } };
    this.#refresh = `refresh-${++this.#count}`;
    const json = { access_token: `access-${this.#count}`, token_type: 'Bearer', expires_in: this.lifetime };
    return { status: 200, json: { ...json, refresh_token: this.#refresh } };
  }
}
