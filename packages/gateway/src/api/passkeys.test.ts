import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '@wardmesh/api';
import { approvalMessage } from '@wardmesh/approvals';
import { type Json, systemClock, systemRandom, toBase64, utf8 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { approvalChallenge, FRESH_SIGN_IN, MemorySingleUse } from '@wardmesh/identity';
import { verifies } from '@wardmesh/testkit';
import { type CeremonyChanges, FakeAuthenticator } from '@wardmesh/testkit/authenticator';
import { GENEROUS_LIMITS } from '@wardmesh/testkit/gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiptOf, TestGateway } from '../../test/harness.ts';
import { SolanaWallet } from '../../test/wallet.ts';
import { walletSignIn } from '../oauth/index.ts';
import type { ApiDeps } from './deps.ts';
import { COOKIE } from './handlers/session.ts';
import { apiListener } from './listener.ts';
import { WebSessions } from './sessions.ts';

const operator = signingKeyFromSeed(new Uint8Array(32).fill(7));
const admin = new SolanaWallet();
const oscar = new SolanaWallet();
/** An operator, somebody else in each test. */
let olga: SolanaWallet;

let test: TestGateway;
let server: Server;
let deps: ApiDeps;
let listener: ReturnType<typeof apiListener>;
let origin: string;
/** Added to the monotonic clock of sessions. */
let later = 0;

async function change(act: 'grant' | 'revoke', subject: string, role: string): Promise<void> {
  const { people } = deps;
  const { draftId, message } = people.prepare(admin.id, { act, subject, role });
  await people.commit(admin.id, draftId, { signature: admin.sign(message) });
}

beforeAll(async () => {
  test = await TestGateway.start({ config: { limits: GENEROUS_LIMITS } });
  const { people } = test.gateway.home;
  deps = {
    gateway: test.gateway,
    // A session that was opened `later` ago.
    sessions: new WebSessions(
      { now: () => systemClock.now(), monotonic: () => systemClock.monotonic() - later },
      systemRandom,
    ),
    signIn: walletSignIn({
      issuer: 'https://localhost:7443',
      key: new Uint8Array(32).fill(3),
      nonces: new MemorySingleUse(systemClock),
      lockout: { check: () => ({ allowed: true }), fail: async () => {}, succeed: async () => {} } as never,
      clock: systemClock,
      random: systemRandom,
    }),
    people,
    wallets: undefined,
    version: '1.2.3',
  };
  const { draftId, message } = people.prepare(people.operator, { act: 'grant', subject: admin.id, role: 'admin' });
  await people.commit(people.operator, draftId, { signature: toBase64(operator.sign(utf8(message))) });
  await change('grant', oscar.id, 'operator');
  server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  // With limits of its own: these tests sign in more often than one address may.
  listener = apiListener(deps);
  olga = new SolanaWallet();
  await change('grant', olga.id, 'operator');
});
afterAll(async () => {
  deps.sessions.endAll();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await test.stop();
});

/** A page: keeps the cookie it is given. */
function page(cookie?: string) {
  let kept = cookie;
  const client = new ApiClient({
    origin,
    fetch: async (url, init) => {
      const headers = { ...(init.headers as object), ...(kept !== undefined && { cookie: `${COOKIE}=${kept}` }) };
      const response = await fetch(url, { ...init, headers });
      const [set] = response.headers.getSetCookie();
      if (set !== undefined) kept = set.slice(COOKIE.length + 1, set.indexOf(';'));
      return response;
    },
  });
  return client;
}
const asWallet = (wallet: SolanaWallet) => page(deps.sessions.open(wallet.id).cookie);
const newDevice = (counts = true) => {
  const device = new FakeAuthenticator('ES256', test.gateway.home.passkeys.origin);
  device.counts = counts;
  return device;
};
const asJson = (value: unknown) => value as Record<string, unknown>;

async function add(client: ApiClient, device: FakeAuthenticator, label = 'Phone', changes: CeremonyChanges = {}) {
  const { options } = await client.call('passkeys.prepare');
  const response = asJson(device.create(options as never, changes));
  return client.call('passkeys.add', { body: { label, response } });
}
async function signIn(device: FakeAuthenticator, changes: CeremonyChanges = {}) {
  const client = page();
  const { options } = await client.call('session.passkeyChallenge');
  const response = asJson(device.get(options as never, changes));
  const me = await client.call('session.passkey', { body: { response } });
  return { client, me, response };
}
/** A person with a passkey, signed in with it. */
async function withPasskey(wallet = olga, device = newDevice()) {
  device.counter = 7;
  await add(asWallet(wallet), device);
  const client = page(deps.sessions.open(wallet.id, `passkey:${device.credentialId}`).cookie);
  return { device, client };
}
async function parked(text: string) {
  const answer = await test.call('write', { line: text });
  return (answer.message.error.data as { approvalId: string }).approvalId;
}
const overOf = async (id: string) => (await test.gateway.services.approvals.show(id)).over;
const decisionOf = (device: FakeAuthenticator, over: string, changes: CeremonyChanges = {}, decision = 'approve') => {
  const challenge = approvalChallenge(approvalMessage(decision as 'approve', over));
  return {
    keyId: `passkey:${device.credentialId}`,
    signature: JSON.stringify(device.get({ challenge, rpId: 'localhost' }, changes)),
  };
};
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a passkey', () => {
  verifies('CM-AUTH-1');

  it('is added after a sign-in with a wallet, signs in as that wallet, and is removed', async () => {
    const device = newDevice();
    const wallet = asWallet(olga);
    const added = await add(wallet, device, 'My phone');
    expect(added).toMatchObject({ label: 'My phone', credentialId: device.credentialId, synced: false });
    const { me, client } = await signIn(device);
    expect(me).toMatchObject({ id: olga.id, roles: ['operator'] });
    const listed = await client.call('passkeys.list');
    expect(listed).toMatchObject({ origin: test.gateway.publicUrl, rpId: 'localhost', mayAdd: false });
    expect(listed.passkeys.map(({ label }) => label)).toContain('My phone');
    await wallet.call('passkeys.remove', { params: { credentialId: device.credentialId } });
    // What the passkey opened ends with it, and it opens nothing more.
    await expect(client.call('me')).rejects.toEqual(code('NOT_SIGNED_IN'));
    await expect(signIn(device)).rejects.toEqual(code('IDENTITY_PASSKEY_REFUSED'));
    await wallet.call('me');
  });

  it('outlives the process: what is stored is found anew', async () => {
    const { device } = await withPasskey();
    const { database } = test.gateway.home;
    const again = new (await import('../people/passkeys.ts')).PersonPasskeys({
      database,
      key: test.gateway.home.keys.passkeys,
      lockout: test.gateway.home.lockout,
      clock: systemClock,
      random: systemRandom,
    });
    expect(await again.accountOf(device.credentialId)).toBe(olga.id);
    expect((await again.list(olga.id)).map(({ credentialId }) => credentialId)).toContain(device.credentialId);
    expect((await database.documents.keys()).filter((key) => key.includes(olga.address))).toEqual([]);
    // No address, no passkeys: nothing is verified before the gateway has one.
    expect(await again.verify(device.credentialId, utf8('x'), '{}', 'again')).toBe(false);
  });

  it('is not added by an old session, by a passkey’s session, or without one', async () => {
    later = FRESH_SIGN_IN;
    const old = asWallet(olga);
    later = 0;
    await expect(add(old, newDevice())).rejects.toEqual(code('SIGN_IN_NOT_FRESH'));
    const { client } = await withPasskey();
    await expect(add(client, newDevice())).rejects.toEqual(code('SIGN_IN_NOT_FRESH'));
    await expect(add(page(), newDevice())).rejects.toEqual(code('NOT_SIGNED_IN'));
    await expect(add(asWallet(new SolanaWallet()), newDevice())).rejects.toEqual(code('NOT_PERMITTED'));
  });

  it.each<[string, CeremonyChanges]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['a user who was not verified', { userVerified: false }],
    ['a challenge of its own', { challenge: 'AAAA' }],
  ])('is not added with %s', async (_what, changes) => {
    await expect(add(asWallet(olga), newDevice(), 'x', changes)).rejects.toEqual(code('IDENTITY_PASSKEY_REFUSED'));
  });

  it('is not ended by another person', async () => {
    const { device } = await withPasskey();
    const params = { credentialId: device.credentialId };
    await expect(asWallet(oscar).call('passkeys.remove', { params })).rejects.toEqual(code('PASSKEY_UNKNOWN'));
    expect((await asWallet(oscar).call('passkeys.list')).passkeys).toEqual([]);
  });

  it('has the roles its wallet has now', async () => {
    const fired = new SolanaWallet();
    await change('grant', fired.id, 'auditor');
    const { client } = await withPasskey(fired);
    await client.call('agents.list');
    await change('revoke', fired.id, 'auditor');
    await expect(client.call('agents.list')).rejects.toEqual(code('NOT_PERMITTED'));
  });
});

describe('a sign-in by passkey', () => {
  verifies('CM-AUTH-3');

  it.each<[string, CeremonyChanges]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of this name', { origin: 'https://localhost:1' }],
    ['a user who was not verified', { userVerified: false }],
    ['a counter that went back, as a clone’s does', { counter: 1 }],
    ['another’s handle', { userHandle: 'AAAA' }],
  ])('is refused with %s', async (_what, changes) => {
    const { device } = await withPasskey();
    await expect(signIn(device, changes)).rejects.toEqual(code('IDENTITY_PASSKEY_REFUSED'));
  });

  it('works once for each challenge, also where the authenticator does not count', async () => {
    const device = newDevice(false);
    await add(asWallet(olga), device);
    const { response } = await signIn(device);
    await expect(page().call('session.passkey', { body: { response } })).rejects.toEqual(
      code('IDENTITY_PASSKEY_REFUSED'),
    );
  });

  it('that keeps failing locks out that passkey from there, tells nothing, and is logged', async () => {
    verifies('XR-LOCK-1');
    const { device } = await withPasskey();
    const attempts: string[] = [];
    for (let i = 0; i < 6; i++) {
      attempts.push(
        await signIn(device, { userVerified: false }).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        ),
      );
    }
    expect(attempts).toEqual([...new Array(5).fill('IDENTITY_PASSKEY_REFUSED'), 'IDENTITY_LOCKED']);
    await expect(signIn(device)).rejects.toEqual(code('IDENTITY_LOCKED'));
    // Nobody beside it.
    await signIn((await withPasskey(oscar)).device);
    expect(test.logLines.filter((line) => line.includes('sign-in.refused')).join('')).toContain('"not genuine"');
  });
});

describe('an approval by passkey', () => {
  verifies('WM-APR-1');

  it('releases the call, without a wallet, and is in its receipt', async () => {
    const { device, client } = await withPasskey();
    const id = await parked('by passkey');
    const body = decisionOf(device, await overOf(id));
    expect(await client.call('approvals.approve', { params: { id }, body })).toMatchObject({
      state: 'approved',
      signedBy: [olga.id],
    });
    const answer = await test.call('write', { line: 'by passkey' }, { 'wardmesh/approval': id });
    expect(answer.message.error).toBeUndefined();
    expect(test.written()).toContain('by passkey');
    const receipt = await asWallet(admin).call('receipts.export', { params: { id: receiptOf(answer) } });
    expect(JSON.parse(JSON.stringify(receipt))).toHaveProperty('approval.by', [olga.id]);
  });

  it('denies', async () => {
    const { device, client } = await withPasskey();
    const id = await parked('denied by passkey');
    const body = { ...decisionOf(device, await overOf(id), {}, 'deny'), reason: 'no' };
    expect((await client.call('approvals.deny', { params: { id }, body })).state).toBe('denied');
  });

  it.each<[string, (device: FakeAuthenticator, over: string) => object]>([
    ['for another approval', (device) => decisionOf(device, `sha256:${'00'.repeat(32)}`)],
    ['of a denial', (device, over) => decisionOf(device, over, {}, 'deny')],
    ['of another origin', (device, over) => decisionOf(device, over, { origin: 'https://evil.example' })],
    ['for another name', (device, over) => decisionOf(device, over, { rpId: 'evil.example' })],
    ['without user verification', (device, over) => decisionOf(device, over, { userVerified: false })],
    ['of a clone, whose counter is behind', (device, over) => decisionOf(device, over, { counter: 1 })],
    ['inside another site’s frame', (device, over) => decisionOf(device, over, { crossOrigin: true })],
    ['that is no assertion', (device) => ({ keyId: `passkey:${device.credentialId}`, signature: '{}' })],
  ])('is refused with an assertion %s', async (_what, forge) => {
    const { device, client } = await withPasskey();
    const id = await parked('forged');
    const body = forge(device, await overOf(id)) as { keyId: string; signature: string };
    await expect(client.call('approvals.approve', { params: { id }, body })).rejects.toEqual(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
    expect((await client.call('approvals.show', { params: { id } })).state).toBe('pending');
  });

  it('is not replayed, neither for this request nor for the next', async () => {
    const { device, client } = await withPasskey();
    const id = await parked('replayed');
    const body = decisionOf(device, await overOf(id));
    await client.call('approvals.approve', { params: { id }, body });
    const next = await parked('replayed again');
    for (const each of [id, next]) {
      await expect(client.call('approvals.approve', { params: { id: each }, body })).rejects.toEqual(
        code('APPROVAL_SIGNATURE_NOT_GENUINE'),
      );
    }
  });

  it('of one person is not handed in by another', async () => {
    const { device } = await withPasskey();
    const id = await parked('stolen');
    const body = decisionOf(device, await overOf(id));
    await expect(asWallet(oscar).call('approvals.approve', { params: { id }, body })).rejects.toEqual(
      code('KEY_NOT_YOURS'),
    );
  });

  it.each<[string, (client: ApiClient, device: FakeAuthenticator, wallet: SolanaWallet) => Promise<unknown>]>([
    [
      'its passkey is removed',
      (client, { credentialId }) => client.call('passkeys.remove', { params: { credentialId } }),
    ],
    ['its role is taken away', (_client, _device, wallet) => change('revoke', wallet.id, 'operator')],
  ])('no longer counts when %s before the release', async (what, undo) => {
    const wallet = new SolanaWallet();
    await change('grant', wallet.id, 'operator');
    const { device, client } = await withPasskey(wallet);
    const line = `gone: ${what}`;
    const id = await parked(line);
    await client.call('approvals.approve', { params: { id }, body: decisionOf(device, await overOf(id)) });
    await undo(client, device, wallet);
    const again = await test.call('write', { line }, { 'wardmesh/approval': id });
    expect(again.message.error).toBeDefined();
    expect(test.written()).not.toContain(line);
  });

  it('and one by the wallet of the same person count once', async () => {
    const { device, client } = await withPasskey(oscar);
    const { approvals } = test.gateway.services;
    const shown = await approvals.show(await parked('twice'));
    const { id, over } = await approvals.request({ call: shown.binding, reason: ['two of them'], quorum: 2 });
    await client.call('approvals.approve', { params: { id }, body: decisionOf(device, over) });
    const signature = oscar.sign(new TextDecoder().decode(approvalMessage('approve', over)));
    const body = { keyId: oscar.id, signature };
    expect((await client.call('approvals.approve', { params: { id }, body })).state).toBe('pending');
    const second = await withPasskey(olga);
    const done = await second.client.call('approvals.approve', {
      params: { id },
      body: decisionOf(second.device, over),
    });
    expect(done).toMatchObject({ state: 'approved', signedBy: [oscar.id, olga.id] });
  });
});

it('passkeys are told of as unavailable where the gateway has no name', async () => {
  const { passkeys } = test.gateway.home;
  passkeys.serveAt('https://192.0.2.7:7443');
  try {
    expect((await asWallet(olga).call('passkeys.list')).origin).toBeNull();
    await expect(page().call('session.passkeyChallenge')).rejects.toEqual(code('PASSKEY_UNAVAILABLE'));
    expect(await passkeys.verify('x', utf8('x'), '{}' satisfies Json, 'first')).toBe(false);
  } finally {
    passkeys.serveAt(test.gateway.publicUrl);
  }
});
