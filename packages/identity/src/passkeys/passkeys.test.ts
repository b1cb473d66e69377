import { approvalMessage } from '@wardmesh/approvals';
import { systemRandom, toBase64Url, utf8 } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { type CeremonyChanges, FakeAuthenticator } from '@wardmesh/testkit/authenticator';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../clock.fixture.ts';
import { FAILURE_TIME, PASSKEY_LIFETIME } from '../limits.ts';
import { MemorySingleUse } from '../sign-in/memory-single-use.ts';
import { isApprovalAssertion } from './assertion.ts';
import { MemoryPasskeyStore, type RelyingParty } from './passkey.ts';
import { Passkeys } from './passkeys.ts';

const PARTY: RelyingParty = { id: 'ward.example', name: 'Wardmesh', origins: ['https://ward.example'] };
const PERSON = '5f0c9d52-9b7e-4a26-9d6e-0d4a3b1f2c11';
const OVER = `sha256:${'ab'.repeat(32)}`;
const refusedFor = (reason: string) =>
  expect.objectContaining({
    code: 'IDENTITY_PASSKEY_REFUSED',
    message: 'the passkey was refused',
    details: { reason },
  });

async function setUp(algorithm: 'ES256' | 'EdDSA' = 'ES256', counts = true) {
  const clock = new TestClock();
  const store = new MemoryPasskeyStore();
  const passkeys = new Passkeys({
    party: PARTY,
    key: new HmacKey(new Uint8Array(32).fill(5)),
    store,
    challenges: new MemorySingleUse(clock),
    clock,
    random: systemRandom,
    sleep: clock.sleep,
  });
  const device = new FakeAuthenticator(algorithm);
  device.counts = counts;
  const register = async (changes: CeremonyChanges = {}) => {
    const options = await passkeys.registrationOptions(PERSON, 'Ada');
    return passkeys.register(PERSON, device.create(options, changes));
  };
  return { clock, store, passkeys, device, register };
}

describe.each([
  ['ES256', true],
  ['EdDSA', true],
  ['ES256', false],
] as const)('a passkey (%s, counting: %s)', (algorithm, counts) => {
  it('registers, signs in and approves', async () => {
    const { passkeys, device, register, store } = await setUp(algorithm, counts);
    const passkey = await register();
    expect(passkey).toMatchObject({
      credentialId: device.credentialId,
      person: PERSON,
      transports: ['internal'],
      deviceType: counts ? 'singleDevice' : 'multiDevice',
      backedUp: !counts,
    });
    const proof = await passkeys.signIn(device.get(await passkeys.signInOptions()));
    expect(proof).toMatchObject({ person: PERSON, credentialId: device.credentialId });
    const message = approvalMessage('approve', OVER);
    const assertion = device.get(await passkeys.approvalOptions(PERSON, message));
    expect(await passkeys.approve(PERSON, message, assertion)).toMatchObject({ person: PERSON });
    expect((await store.find(device.credentialId))?.counter).toBe(counts ? 2 : 0);
  });
});

describe('the options', () => {
  it('ask for verification, no attestation and no passkey twice', async () => {
    const { passkeys, register, device } = await setUp();
    await register();
    expect(await passkeys.registrationOptions(PERSON, 'Ada')).toMatchObject({
      rp: { id: 'ward.example', name: 'Wardmesh' },
      user: { id: toBase64Url(utf8(PERSON)), name: 'Ada' },
      attestation: 'none',
      excludeCredentials: [{ id: device.credentialId }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      timeout: PASSKEY_LIFETIME,
    });
    expect(await passkeys.signInOptions()).toMatchObject({ rpId: 'ward.example', userVerification: 'required' });
    expect(await passkeys.approvalOptions(PERSON, utf8('x'))).toMatchObject({
      userVerification: 'required',
      allowCredentials: [{ id: device.credentialId }],
    });
  });
});

const LIES: readonly (readonly [string, string, CeremonyChanges])[] = [
  ['another origin', 'not genuine', { origin: 'https://evil.example' }],
  ['a subdomain', 'not genuine', { origin: 'https://x.ward.example' }],
  ['another port', 'not genuine', { origin: 'https://ward.example:8443' }],
  ['plain http', 'not genuine', { origin: 'http://ward.example' }],
  ['another relying party', 'not genuine', { rpId: 'evil.example' }],
  ['a user who was not verified', 'not genuine', { userVerified: false }],
  ['a user who was not there', 'not genuine', { userPresent: false }],
];

describe('a registration', () => {
  it.each<readonly [string, string, CeremonyChanges]>([
    ...LIES,
    ['another ceremony', 'not genuine', { type: 'webauthn.get' }],
    ['another site’s frame', 'challenge', { crossOrigin: true }],
    ['a top origin', 'challenge', { topOrigin: 'https://evil.example' }],
    ['a challenge that is not ours', 'challenge', { challenge: toBase64Url(new Uint8Array(40)) }],
    ['no challenge', 'challenge', { challenge: '' }],
    ['an attestation we did not ask for', 'attestation', { format: 'packed' }],
    ['an attestation that reads from the network', 'attestation', { format: 'android-safetynet' }],
  ])('is refused with %s', async (_what, reason, changes) => {
    const { register, store, clock } = await setUp();
    await expect(register(changes)).rejects.toEqual(refusedFor(reason));
    expect(await store.of(PERSON)).toEqual([]);
    expect(clock.monotonic()).toBe(FAILURE_TIME);
  });

  it('answers one challenge, of one person, once and in time', async () => {
    const { passkeys, device, clock } = await setUp();
    const options = await passkeys.registrationOptions(PERSON, 'Ada');
    await expect(passkeys.register('another person', device.create(options))).rejects.toEqual(refusedFor('challenge'));
    await passkeys.register(PERSON, device.create(options));
    await expect(passkeys.register(PERSON, new FakeAuthenticator().create(options))).rejects.toEqual(
      refusedFor('replayed'),
    );
    const late = await passkeys.registrationOptions(PERSON, 'Ada');
    clock.pass(PASSKEY_LIFETIME);
    await expect(passkeys.register(PERSON, device.create(late))).rejects.toEqual(refusedFor('expired'));
  });

  it('does not take over another person’s passkey', async () => {
    const { passkeys, register, device } = await setUp();
    await register();
    const options = await passkeys.registrationOptions('thief', 'Eve');
    await expect(passkeys.register('thief', device.create(options))).rejects.toEqual(refusedFor('taken'));
  });

  it.each([undefined, null, 7, 'x', {}, [], { id: 'a' }, { response: {} }])(
    'is refused where it is %j',
    async (each) => {
      const { passkeys } = await setUp();
      await expect(passkeys.register(PERSON, each)).rejects.toEqual(refusedFor('malformed'));
      await expect(passkeys.signIn(each)).rejects.toEqual(refusedFor('malformed'));
    },
  );
});

describe('an assertion', () => {
  verifies('XR-ERR-2');
  it.each<readonly [string, string, CeremonyChanges]>([
    ...LIES,
    ['another ceremony', 'not genuine', { type: 'webauthn.create' }],
    ['a payment', 'not genuine', { type: 'payment.get' }],
    ['another site’s frame', 'challenge', { crossOrigin: true }],
    ['a challenge that is not ours', 'challenge', { challenge: toBase64Url(new Uint8Array(40)) }],
    ['another person’s handle', 'not genuine', { userHandle: toBase64Url(utf8('somebody')) }],
    ['a counter that went back', 'not genuine', { counter: 0 }],
  ])('is refused with %s, after the same time', async (_what, reason, changes) => {
    const { passkeys, device, register, clock } = await setUp();
    await register();
    await passkeys.signIn(device.get(await passkeys.signInOptions()));
    const start = clock.monotonic();
    const assertion = device.get(await passkeys.signInOptions(), changes);
    await expect(passkeys.signIn(assertion)).rejects.toEqual(refusedFor(reason));
    expect(clock.monotonic() - start).toBe(FAILURE_TIME);
  });

  it('signs in once, also where the authenticator does not count', async () => {
    const { passkeys, device, register } = await setUp('ES256', false);
    await register();
    const assertion = device.get(await passkeys.signInOptions());
    const ends = await Promise.allSettled([passkeys.signIn(assertion), passkeys.signIn(assertion)]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of a cloned authenticator is refused: its counter does not rise', async () => {
    const { passkeys, device, register } = await setUp();
    await register();
    await passkeys.signIn(device.get(await passkeys.signInOptions()));
    await passkeys.signIn(device.get(await passkeys.signInOptions()));
    device.counter = 0;
    await expect(passkeys.signIn(device.get(await passkeys.signInOptions()))).rejects.toEqual(
      refusedFor('not genuine'),
    );
  });

  it('of an unknown or removed passkey is refused', async () => {
    const { passkeys, device, register, store } = await setUp();
    await expect(passkeys.signIn(device.get(await passkeys.signInOptions()))).rejects.toEqual(
      refusedFor('unknown passkey'),
    );
    await register();
    await store.remove(device.credentialId);
    await expect(passkeys.signIn(device.get(await passkeys.signInOptions()))).rejects.toEqual(
      refusedFor('unknown passkey'),
    );
  });

  it('of another key under the same id is refused', async () => {
    const { passkeys, device, register } = await setUp();
    await register();
    const forger = new FakeAuthenticator();
    forger.counter = 10;
    const forged = {
      ...forger.get(await passkeys.signInOptions()),
      id: device.credentialId,
      rawId: device.credentialId,
    };
    forged.response.userHandle = toBase64Url(utf8(PERSON));
    await expect(passkeys.signIn(forged)).rejects.toEqual(refusedFor('not genuine'));
  });

  it('is unavailable, not accepted, where the store fails', async () => {
    const { passkeys, device, register, store } = await setUp();
    await register();
    store.advance = () => Promise.reject(new Error('disk'));
    await expect(passkeys.signIn(device.get(await passkeys.signInOptions()))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
    });
  });
});

describe('an approval by passkey', () => {
  const message = approvalMessage('approve', OVER);

  const approved = async () => {
    const scene = await setUp();
    const passkey = await scene.register();
    const assertion = scene.device.get(await scene.passkeys.approvalOptions(PERSON, message));
    return { ...scene, passkey, assertion };
  };

  it.each<[string, Uint8Array]>([
    ['another request', approvalMessage('approve', `sha256:${'ac'.repeat(32)}`)],
    ['a denial', approvalMessage('deny', OVER)],
    ['one byte more', utf8(`wardmesh approval v1\napprove\n${OVER}\n`)],
  ])('does not count for %s', async (_what, other) => {
    const { passkeys, passkey, assertion } = await approved();
    await expect(passkeys.approve(PERSON, other, assertion)).rejects.toEqual(refusedFor('not genuine'));
    expect(await isApprovalAssertion(PARTY, passkey, assertion, other)).toBe(false);
    await expect(passkeys.approve(PERSON, message, assertion)).resolves.toBeDefined();
  });

  it('does not count for another person, or as a sign-in', async () => {
    const { passkeys, assertion, device } = await approved();
    await expect(passkeys.approve('other', message, assertion)).rejects.toEqual(refusedFor('other person'));
    await expect(passkeys.signIn(assertion)).rejects.toEqual(refusedFor('challenge'));
    const signIn = device.get(await passkeys.signInOptions());
    await expect(passkeys.approve(PERSON, message, signIn)).rejects.toEqual(refusedFor('not genuine'));
  });

  it('still holds at release, when the counter has moved on', async () => {
    const { passkeys, passkey, assertion, device, store } = await approved();
    await passkeys.approve(PERSON, message, assertion);
    await passkeys.signIn(device.get(await passkeys.signInOptions()));
    const now = (await store.find(passkey.credentialId))!;
    expect(await isApprovalAssertion(PARTY, now, assertion, message)).toBe(true);
    expect(await isApprovalAssertion({ ...PARTY, origins: ['https://other.example'] }, now, assertion, message)).toBe(
      false,
    );
    expect(await isApprovalAssertion(PARTY, { ...now, person: 'other' }, assertion, message)).toBe(false);
    for (const rubbish of [undefined, {}, { ...assertion, id: 'x' }]) {
      expect(await isApprovalAssertion(PARTY, now, rubbish, message)).toBe(false);
    }
  });
});
