import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { type GatewayUnderTest, startGateway } from '@wardmesh/testkit/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { homePaths } from '../src/home-paths.ts';
import type { Credential } from '../src/login/credential.ts';
import { send } from '../src/login/http.ts';
import { Person } from '../src/testing/person.ts';
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
  let gateway: GatewayUnderTest;
  let person: Person;
  const terminals: TestTerminal[] = [];
  const servers: Server[] = [];

  beforeAll(async () => {
    gateway = await startGateway({ servers: {} });
    person = new Person(gateway.url, gateway.ca);
  }, 60_000);
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.dispose();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => gateway?.stop());

  function terminal(): TestTerminal {
    const made = new TestTerminal();
    terminals.push(made);
    return made;
  }
  const at = () => ['--url', gateway.url, '--ca', gateway.caFile, '--json'];
  const credentialOf = ({ home }: TestTerminal): Credential => JSON.parse(readFileSync(homePaths(home).login, 'utf8'));

  async function signedIn(): Promise<TestTerminal> {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person.allow((await running.event('open')).url);
    expect((await fetch(end)).status).toBe(200);
    expect([(await running.done).exit, running.said]).toEqual([0, expect.any(String)]);
    return where;
  }

  it('comes back from the browser, keeps the tokens for its owner alone, and acts as the person', async () => {
    const where = await signedIn();
    const path = homePaths(where.home).login;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(credentialOf(where)).toMatchObject({ person: person.id, issuer: gateway.url, key: { crv: 'P-256' } });
    const { exit, stdout } = await where.run(['whoami', '--json']);
    expect([exit, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ id: person.id, url: gateway.url, roles: [] }),
    ]);
    expect((await where.run(['whoami'])).stdout).toContain('no role yet');
  });

  it('asks with PKCE S256, a state of its own, the API alone as resource, and a redirect to this machine', async () => {
    const [first, second] = [new Running(terminal(), ['login', ...at()]), new Running(terminal(), ['login', ...at()])];
    const [a, b] = [new URL((await first.event('open')).url), new URL((await second.event('open')).url)];
    expect(Object.fromEntries(a.searchParams)).toMatchObject({
      client_id: 'wardmesh-cli',
      code_challenge_method: 'S256',
      resource: `${gateway.url}/api`,
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
        iss: gateway.url,
      }).toString();
      await fetch(denied);
      const { exit } = await running.done;
      expect([exit, running.said]).toEqual([3, expect.stringContaining('LOGIN_DENIED')]);
    }
  });

  it('is deaf to an answer with another state, and waits on for its own', async () => {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person.allow((await running.event('open')).url);
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
    const end = await person.allow((await running.event('open')).url);
    change(end.searchParams);
    await fetch(end);
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([4, expect.stringContaining('LOGIN_ISSUER')]);
    expect(existsSync(homePaths(where.home).login)).toBe(false);
  });

  it('takes no code twice, and none that was made up', async () => {
    const where = terminal();
    const running = new Running(where, ['login', ...at()]);
    const end = await person.allow((await running.event('open')).url);
    end.searchParams.set('code', 'made-up');
    await fetch(end);
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([3, expect.stringContaining('invalid_grant')]);
  });

  it('signs in with a code on another device', async () => {
    const where = terminal();
    const running = new Running(where, ['login', '--device', ...at()]);
    const { url, code } = await running.event('device');
    expect(url).toBe(`${gateway.url}/oauth/device`);
    await person.enter(code);
    expect((await running.done).exit).toBe(0);
    const { stdout } = await where.run(['whoami', '--json']);
    expect(JSON.parse(stdout).id).toBe(person.id);
  });

  it('ends where the person on the other device stops', async () => {
    const running = new Running(terminal(), ['login', '--device', ...at()]);
    await person.enter((await running.event('device')).code, { abort: 'yes' });
    const { exit } = await running.done;
    expect([exit, running.said]).toEqual([3, expect.stringContaining('LOGIN_DENIED')]);
  });

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
    const { accessToken, place } = credentialOf(where);
    const url = new URL('/api/me', gateway.url);
    const bare = await send(place, { method: 'GET', url, headers: { authorization: `Bearer ${accessToken}` } });
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

  it('signs in at the public name of a gateway that is reached by another one', async () => {
    const port = await freePort();
    const publicUrl = `https://127.0.0.1:${port}`;
    const named = await startGateway({
      servers: {},
      overrides: { listen: { host: '127.0.0.1', port, publicUrl } },
    });
    try {
      expect(named.url).not.toBe(publicUrl);
      const where = terminal();
      const running = new Running(where, ['login', '--url', named.url, '--ca', named.caFile, '--json']);
      const { url } = await running.event('open');
      expect(new URL(url).origin).toBe(publicUrl);
      await fetch(await new Person(publicUrl, named.ca).allow(url));
      expect([(await running.done).exit, running.said]).toEqual([0, expect.any(String)]);
      expect((await where.run(['whoami'])).exit).toBe(0);
      expect(JSON.parse((await where.run(['logout', '--json'])).stdout)).toEqual({ signedOut: true, revoked: true });
    } finally {
      await named.stop();
    }
  });

  it('sends nothing in the clear, and nothing to a server with another certificate', async () => {
    const plain = await terminal().run(['login', '--url', 'http://ward.example.com']);
    expect([plain.exit, plain.stderr]).toEqual([2, expect.stringContaining('https')]);
    const unknown = await terminal().run(['login', '--url', gateway.url]);
    expect([unknown.exit, unknown.stderr]).toEqual([5, expect.stringContaining('GATEWAY_UNREACHABLE')]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function writeCredential(where: TestTerminal, text: string, mode = 0o600): void {
  const { home, operator, login } = homePaths(where.home);
  for (const folder of [home, operator]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(login, text, { mode });
}
