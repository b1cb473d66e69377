import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { TestClient, TestWallet } from './oauth-support.ts';

const REDIRECT = 'http://127.0.0.1:40000/callback';
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const FAR = { path: '/servers/far/mcp' };

/** A gateway in front of another one: the far one takes OAuth, and what the near one sends there is its own token. */
describe('a gateway that signs in to another', () => {
  verifies('WM-GW-2');
  let far: TestGateway;
  let near: TestGateway;
  const wallet = new TestWallet();
  let states = 0;

  beforeAll(async () => {
    far = await TestGateway.start({ people: { rolesOf: () => ['agent'] } });
    const server = {
      url: `${far.gateway.url}/servers/t/mcp`,
      ca: join(far.home, 'tls', 'ca.pem'),
      auth: { oauth: {} },
      tools: { echo: { class: 'read_only', outward: false, labels: [] } },
    };
    near = await TestGateway.start({ unpinned: true, config: { servers: { far: server } } as never });
  }, 60_000);
  afterAll(async () => {
    await near?.stop();
    await far?.stop();
  });

  /** What `ward servers login far` and a person at the far gateway's page do. */
  async function login(): Promise<void> {
    const state = String(states++).padStart(43, 'x');
    const url = await near.gateway.signIns.begin('far', REDIRECT, state);
    const browser = new TestClient(far);
    browser.authorizeUrl = () => url;
    const end = await browser.signIn(wallet);
    expect(end.origin + end.pathname).toBe(REDIRECT);
    await near.gateway.signIns.finish('far', end.searchParams);
    await near.gateway.look();
  }

  const echo = (text: string) => near.call('echo', { message: text }, undefined, FAR);
  const farEntries = async () => (await far.gateway.home.audit.tail(100)) as unknown as Loose[];

  it('fails closed before anybody signed in, and says who can help', async () => {
    expect(await near.gateway.signIns.isSignedIn('far')).toBe(false);
    const answer = await near.initialize({}, FAR.path);
    expect(answer.message.error?.data).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      hint: expect.stringContaining('sign in'),
    });
    const [status] = near.gateway.catalogue.servers();
    expect(status?.upstream.status().lastError).toContain('nobody signed in');
  });

  it('calls through once the operator signed in, as the person who allowed it', async () => {
    await login();
    await near.gateway.catalogue.pin('far', 'test');
    await near.initialize({}, FAR.path);
    const answer = await echo('over two gateways');
    expect(JSON.stringify(answer.message.result?.content)).toContain('over two gateways');
    const entry = (await farEntries()).findLast((each) => JSON.stringify(each).includes('tool.'));
    expect(entry?.actor.id).toBe(wallet.person);
  });

  it('sends its own token there, never its client’s, and shows its own to nobody', async () => {
    const document = JSON.stringify(await near.gateway.home.database.documents.get('upstream-sign-in/far'));
    const { access, refresh } = JSON.parse(document);
    const places = [
      JSON.stringify(await near.gateway.home.audit.tail(100)),
      JSON.stringify(await farEntries()),
      ...near.logLines,
      ...far.logLines,
    ].join('\n');
    for (const secret of [access, refresh, near.token]) expect(places).not.toContain(secret);
    // The client's token is worth nothing there, and ours nothing here.
    expect((await far.raw(PING, { token: near.token })).status).toBe(401);
    expect((await near.raw(PING, { token: access, ...FAR })).status).toBe(401);
  });

  it('renews a token that the other side takes no more, and repeats the call once', async () => {
    await far.gateway.oauth!.rotateKeys({ forget: true });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(echo));
    for (const answer of answers) expect(answer.message.result?.content).toBeDefined();
  });

  it('stops when the person at the other side takes the consent back, and works after a new sign-in', async () => {
    await far.gateway.oauth!.revokePerson(wallet.person);
    const refused = await echo('gone');
    expect(refused.message.error?.data).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await near.gateway.signIns.isSignedIn('far')).toBe(false);
    expect(near.logLines.join('\n')).toContain('server.sign-in.ended');
    await login();
    await near.initialize({}, FAR.path);
    expect((await echo('again')).message.result?.content).toBeDefined();
  });

  it('signs out at both sides, with entries of who was let in when', async () => {
    expect(await near.gateway.signIns.signOut('far')).toBe(true);
    expect((await echo('after')).message.error?.data).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const types = async () =>
      ((await near.gateway.home.audit.tail(200)) as unknown as Loose[]).map((each) => each.eventType);
    await expect.poll(types).toContain('server.logout');
    expect((await types()).filter((type) => type === 'server.login')).toHaveLength(2);
    expect(far.gateway.oauth!.grants.list(wallet.person)).toEqual([]);
  });
});
