import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from '../../gateway/test/harness.ts';
import { Agent, TestClient, TestWallet } from '../../gateway/test/oauth-support.ts';
import { homePaths } from '../src/home-paths.ts';
import type { Credential } from '../src/login/credential.ts';
import { type Outcome, TestTerminal } from '../src/testing/terminal.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
type Loose = Record<string, any>;

/** A command that runs, and what it says meanwhile. */
class Running {
  said = '';
  readonly done: Promise<Outcome>;

  constructor(terminal: TestTerminal, argv: readonly string[]) {
    const stderr = {
      write: (text: string) => {
        this.said += text;
      },
    };
    this.done = terminal.run(argv, '', { stderr });
  }

  /** The event that a program is told of on stderr. */
  async event(name: string): Promise<Loose> {
    for (;;) {
      const line = this.said.split('\n').find((text) => text.includes(`"event":"${name}"`));
      if (line !== undefined) return JSON.parse(line);
      const over = await Promise.race([this.done, new Promise<void>((resolve) => setTimeout(resolve, 20))]);
      if (over !== undefined) throw new Error(`ended with ${over.exit}: ${this.said}`);
    }
  }
}

describe('ward login', { timeout: 60_000 }, () => {
  verifies('CM-AUTH-1', 'CM-AUTH-2');
  let t: TestGateway;
  let gateway: TestTerminal;
  const wallet = new TestWallet();
  const terminals: TestTerminal[] = [];
  const servers: Server[] = [];

  beforeAll(async () => {
    t = await TestGateway.start();
    gateway = new TestTerminal();
    writeFileSync(`${gateway.folder}/ca.pem`, t.gateway.tls!.caPem);
  }, 60_000);
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.dispose();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  afterAll(async () => {
    gateway.dispose();
    await t.stop();
  });

  function terminal(): TestTerminal {
    const made = new TestTerminal();
    terminals.push(made);
    return made;
  }
  const at = () => ['--url', t.gateway.url, '--ca', `${gateway.folder}/ca.pem`, '--json'];
  const credentialOf = ({ home }: TestTerminal): Credential => JSON.parse(readFileSync(homePaths(home).login, 'utf8'));

  /** Signs in on the page as a person does, up to the redirect to the terminal. */
  async function person(url: string): Promise<URL> {
    const { searchParams } = new URL(url);
    return new TestClient(t).signIn(wallet, {
      clientId: searchParams.get('client_id')!,
      redirectUri: searchParams.get('redirect_uri')!,
      resource: searchParams.get('resource')!,
      scope: searchParams.get('scope'),
      state: searchParams.get('state')!,
      query: { code_challenge: searchParams.get('code_challenge') },
    });
  }

  async function signedIn(): Promise<TestTerminal> {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person((await running.event('open')).url);
    expect((await fetch(end)).status).toBe(200);
    expect([(await running.done).exit, running.said]).toEqual([0, expect.any(String)]);
    return where;
  }

  it('comes back from the browser, keeps the tokens for its owner alone, and acts as the person', async () => {
    const where = await signedIn();
    const path = homePaths(where.home).login;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(credentialOf(where)).toMatchObject({ person: wallet.person, issuer: t.gateway.url, key: { crv: 'P-256' } });
    const { exit, stdout } = await where.run(['whoami', '--json']);
    expect([exit, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ id: wallet.person, url: t.gateway.url, roles: [] }),
    ]);
    expect((await where.run(['whoami'])).stdout).toContain('no role yet');
  });

  it('asks with PKCE S256, a state of its own, the API alone as resource, and a redirect to this machine', async () => {
    const [first, second] = [new Running(terminal(), ['login', ...at()]), new Running(terminal(), ['login', ...at()])];
    const [a, b] = [new URL((await first.event('open')).url), new URL((await second.event('open')).url)];
    expect(Object.fromEntries(a.searchParams)).toMatchObject({
      client_id: 'wardmesh-cli',
      code_challenge_method: 'S256',
      resource: `${t.gateway.url}/api`,
      scope: 'api',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
    for (const name of ['state', 'code_challenge']) expect(a.searchParams.get(name)).not.toBe(b.searchParams.get(name));
    for (const running of [first, second]) {
      const { url } = await running.event('open');
      const { searchParams } = new URL(url);
      const denied = new URL(searchParams.get('redirect_uri')!);
      denied.search = new URLSearchParams({
        error: 'access_denied',
        state: searchParams.get('state')!,
        iss: t.gateway.url,
      }).toString();
      await fetch(denied);
      const { exit } = await running.done;
      expect([exit, running.said]).toEqual([3, expect.stringContaining('LOGIN_DENIED')]);
    }
  });

  it('is deaf to an answer with another state, and waits on for its own', async () => {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person((await running.event('open')).url);
    for (const query of ['', '?code=stolen', '?code=stolen&state=guessed', `?state=a&${end.searchParams}`]) {
      expect((await fetch(`${end.origin}/callback${query}`)).status).toBe(400);
    }
    expect((await fetch(`${end.origin}/elsewhere?${end.searchParams}`)).status).toBe(404);
    await fetch(end);
    expect((await running.done).exit).toBe(0);
  });

  it.each([
    ['another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
    ['no issuer', (query: URLSearchParams) => query.delete('iss')],
    ['two issuers', (query: URLSearchParams) => query.append('iss', 'https://evil.example')],
  ])('takes no code from %s', async (_what, change) => {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person((await running.event('open')).url);
    change(end.searchParams);
    await fetch(end);
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([4, expect.stringContaining('LOGIN_ISSUER')]);
    expect(existsSync(homePaths(where.home).login)).toBe(false);
  });

  it('takes no code twice, and none that was made up', async () => {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person((await running.event('open')).url);
    end.searchParams.set('code', 'made-up');
    await fetch(end);
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([3, expect.stringContaining('invalid_grant')]);
  });

  it('signs in with a code on another device', async () => {
    const where = terminal();
    const running = new Running(where, ['login', '--device', ...at()]);
    const { url, code } = await running.event('device');
    expect(url).toBe(`${t.gateway.url}/oauth/device`);
    await enter(code);
    expect((await running.done).exit).toBe(0);
    const { stdout } = await where.run(['whoami', '--json']);
    expect(JSON.parse(stdout).id).toBe(wallet.person);
  });

  it('ends where the person on the other device stops', async () => {
    const running = new Running(terminal(), ['login', '--device', ...at()]);
    await enter((await running.event('device')).code, { abort: 'yes' });
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([3, expect.stringContaining('LOGIN_DENIED')]);
  });

  /** Enters a device's code on the page, and goes through sign-in and consent. */
  async function enter(code: string, fields: Record<string, string> = { confirm: 'yes' }): Promise<void> {
    const browser = new Agent(t, true);
    const input = await browser.get('/oauth/device');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(input.text)![1]!;
    let reply = await browser.form('/oauth/device', { xsrf, user_code: code, ...fields });
    for (let step = 0; step < 10 && typeof reply.headers.location === 'string'; step++) {
      const { pathname, search } = new URL(reply.headers.location, t.gateway.url);
      reply = await browser.get(pathname + search);
      if (!/^\/oauth\/interaction\/[^/]+$/.test(pathname) || reply.status !== 200) continue;
      const scopes = [...reply.text.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1]!);
      const next = reply.text.includes('id="allow"')
        ? await browser.json(`${pathname}/consent`, { scopes })
        : await new TestClient(t).sign(browser, pathname, wallet);
      reply = await browser.get(new URL(next.json.location, t.gateway.url).href);
    }
  }

  it('renews what is about to end, and gives up the sign-in where its token was used by somebody else', async () => {
    const where = await signedIn();
    const first = credentialOf(where);
    const old = JSON.stringify({ ...first, accessExpires: 0 });
    writeFileSync(homePaths(where.home).login, old, { mode: 0o600 });
    // Two at once use the one refresh token once.
    const both = await Promise.all([where.run(['whoami', '--json']), where.run(['whoami', '--json'])]);
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    const second = credentialOf(where);
    expect([second.accessToken, second.refreshToken]).not.toContain(first.accessToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    // A copy of the file from before is put to use elsewhere: the family ends, for the thief and for us.
    const thief = terminal();
    writeCredential(thief, old);
    expect((await thief.run(['whoami'])).stderr).toContain('LOGIN_ENDED');
    expect(existsSync(homePaths(thief.home).login)).toBe(false);
    const after = await where.run(['whoami']);
    expect([after.exit, after.stderr]).toEqual([3, expect.stringMatching(/TOKEN_REFUSED|LOGIN_ENDED/)]);
  });

  it('holds tokens that are worth nothing without their key', async () => {
    const where = await signedIn();
    const other = await signedIn();
    const { key } = credentialOf(other);
    const thief = terminal();
    writeCredential(thief, JSON.stringify({ ...credentialOf(where), key }));
    expect((await thief.run(['whoami'])).stderr).toContain('TOKEN_REFUSED');
    const { accessToken } = credentialOf(where);
    const bare = await new Agent(t).get('/api/me', { authorization: `Bearer ${accessToken}` });
    expect(bare.status).toBe(401);
    // Its owner is not disturbed.
    expect((await where.run(['whoami'])).exit).toBe(0);
  });

  it('ends at the gateway too', async () => {
    const where = await signedIn();
    const kept = readFileSync(homePaths(where.home).login, 'utf8');
    const out = await where.run(['logout', '--json']);
    expect([out.exit, JSON.parse(out.stdout)]).toEqual([0, { signedOut: true, revoked: true }]);
    expect(existsSync(homePaths(where.home).login)).toBe(false);
    expect((await where.run(['whoami'])).stderr).toContain('NOT_LOGGED_IN');
    expect((await where.run(['logout'])).stdout).toContain('nobody was signed in');
    writeCredential(where, kept);
    expect((await where.run(['whoami'])).stderr).toContain('TOKEN_REFUSED');
  });

  it('does not read a file that others can', async () => {
    const where = await signedIn();
    const kept = readFileSync(homePaths(where.home).login, 'utf8');
    const open = terminal();
    writeCredential(open, kept, 0o644);
    expect((await open.run(['whoami'])).stderr).toContain('HOME_DAMAGED');
  });

  it.each([
    ['names another issuer than itself', { issuer: 'https://evil.example' }],
    ['sends people elsewhere', { authorization_endpoint: 'https://evil.example/authorize' }],
    ['takes codes elsewhere', { token_endpoint: 'https://evil.example/token' }],
  ])('does not begin where a server %s', async (_what, lie) => {
    const server = createServer((request, response) => {
      const origin = `http://${request.headers.host}`;
      const metadata = {
        issuer: origin,
        ...Object.fromEntries(
          ['authorization', 'token', 'device_authorization', 'revocation'].map((name) => [
            `${name}_endpoint`,
            `${origin}/${name}`,
          ]),
        ),
        ...lie,
      };
      const isResource = request.url?.includes('oauth-protected-resource');
      response.end(
        JSON.stringify(isResource ? { resource: `${origin}/api`, authorization_servers: [origin] } : metadata),
      );
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { exit, stderr } = await terminal().run(['login', '--url', url]);
    expect([exit, stderr]).toEqual([4, expect.stringContaining('LOGIN_ISSUER')]);
  });

  it('sends nothing in the clear, and nothing to a server with another certificate', async () => {
    const plain = await terminal().run(['login', '--url', 'http://ward.example.com']);
    expect([plain.exit, plain.stderr]).toEqual([2, expect.stringContaining('https')]);
    const unknown = await terminal().run(['login', '--url', t.gateway.url]);
    expect([unknown.exit, unknown.stderr]).toEqual([5, expect.stringContaining('GATEWAY_UNREACHABLE')]);
  });
});

function writeCredential(where: TestTerminal, text: string, mode = 0o600): void {
  const { home, operator, login } = homePaths(where.home);
  for (const folder of [home, operator]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(login, text, { mode });
}
