import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { Agent, TestClient, TestWallet } from './oauth-support.ts';

describe('the audit log of sign-in and consent', () => {
  verifies('XR-AUD-1');
  let t: TestGateway;
  let client: TestClient;
  const wallet = new TestWallet();
  beforeAll(async () => {
    t = await TestGateway.start({ people: { rolesOf: () => ['agent'] } });
    client = new TestClient(t);
    await client.register();
  });
  afterAll(() => t.stop());

  /** Entries of a type, oldest first; they are written beside what they are about, so they are waited for. */
  async function expectEntries(type: string, count: number): Promise<[Loose, ...Loose[]]> {
    const find = async () =>
      ((await t.gateway.home.audit.tail(200)) as unknown as Loose[]).filter((entry) => entry.eventType === type);
    await expect.poll(async () => (await find()).length, { timeout: 10_000 }).toBe(count);
    return (await find()) as [Loose, ...Loose[]];
  }

  it('holds who signed in, and what was allowed to whom; and nothing that could be used', async () => {
    const tokens = await client.tokens(wallet, { allow: ['mcp:read'] });
    await expectEntries('auth.success', 1);
    const [entry] = await expectEntries('consent.allow', 1);
    expect(entry.operation).toMatchObject({ result: 'success', parameters: { person: wallet.person } });
    expect(entry.operation.parameters).toMatchObject({ client: client.clientId, scopes: ['mcp:read'] });
    const whole = JSON.stringify(await t.gateway.home.audit.tail(200));
    expect(whole).not.toContain(tokens.access_token);
    expect(whole).not.toContain(tokens.refresh_token);
  });

  it('holds what a person declined, and not what a stranger did who never signed in', async () => {
    await client.signIn(wallet, { allow: [] });
    const browser = new Agent(t, true);
    const { headers } = await browser.get(client.authorizeUrl());
    await browser.json(`${new URL(String(headers.location), t.gateway.url).pathname}/abort`, {});
    await client.signIn(wallet, { allow: [] });
    const [entry] = await expectEntries('consent.decline', 2);
    expect(entry.operation).toMatchObject({ result: 'denied', parameters: { person: wallet.person } });
    expect(entry.operation.parameters).toMatchObject({ client: client.clientId, why: 'nothing was allowed' });
  });

  it('holds each consent that ended, by a client, by us, or by a stolen refresh token', async () => {
    const one = await client.tokens(wallet);
    await client.http.form('/oauth/revoke', { token: one.refresh_token, client_id: client.clientId });
    await expectEntries('consent.revoke', 1);
    const two = await client.tokens(wallet);
    await client.refresh(two.refresh_token);
    await client.refresh(two.refresh_token);
    await expectEntries('consent.revoke', 2);
    await client.tokens(wallet);
    const ended = await t.gateway.oauth!.revokePerson(wallet.person);
    expect(ended).toBeGreaterThan(0);
    const entries = await expectEntries('consent.revoke', 2 + ended);
    expect(entries[0].operation.parameters).toMatchObject({ person: wallet.person, client: client.clientId });
  });

  it('holds a device that was approved, and a rotated key', async () => {
    const asked = await client.http.form('/oauth/device_authorization', {
      client_id: 'wardmesh-cli',
      scope: 'api',
      resource: `${t.gateway.url}/api`,
    });
    const browser = new Agent(t, true);
    const xsrf = (text: string) => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const input = await browser.get('/oauth/device');
    const form = (fields: Record<string, string>) =>
      browser.form(
        '/oauth/device',
        { xsrf: xsrf(input.text), user_code: asked.json.user_code, ...fields },
        { origin: t.gateway.url },
      );
    await form({});
    let reply = await form({ confirm: 'yes' });
    for (let step = 0; step < 8 && typeof reply.headers.location === 'string'; step++) {
      const { pathname } = new URL(reply.headers.location, t.gateway.url);
      reply = await browser.get(reply.headers.location);
      if (!/^\/oauth\/interaction\/[^/]+$/.test(pathname)) continue;
      const next = reply.text.includes('id="allow"')
        ? await browser.json(`${pathname}/consent`, { scopes: ['api'] })
        : await client.sign(browser, pathname, wallet);
      reply = await browser.get(next.json.location);
    }
    const [device] = await expectEntries('device.approve', 1);
    expect(device.operation.parameters).toMatchObject({ person: wallet.person, client: 'wardmesh-cli' });
    await t.gateway.oauth!.rotateKeys({ forget: true });
    const [rotated] = await expectEntries('key.rotate', 1);
    expect(rotated.operation.parameters).toMatchObject({ forgotten: true });
  });
});
