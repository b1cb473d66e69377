import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { IdentityError } from '../error.ts';
import { CHALLENGE_LIFETIME, CLOCK_SKEW, FAILURE_TIME } from '../limits.ts';
import type { ChallengeAsk } from './challenge.ts';
import { CONTEXT, DOMAIN, setUp, URI } from './fixture.ts';
import { buildMessage } from './message.ts';
import { ETHEREUM, type FakeWallet, SOLANA, SUI, solanaWallet, WALLETS, XRPL } from './wallets.fixture.ts';

const refusedFor = (reason: string) =>
  expect.objectContaining({ code: 'IDENTITY_SIGN_IN_REFUSED', details: { reason } });

describe.each(WALLETS.map((wallet): [string, FakeWallet] => [wallet.name, wallet]))(
  'sign-in with %s',
  (_name, wallet) => {
    it('holds', async () => {
      verifies('CM-AUTH-1');
      const { signIn, prove, clock, lockout } = setUp();
      const proof = await prove(wallet);
      await expect(signIn.verify({ ...proof, address: wallet.address }, CONTEXT)).resolves.toMatchObject({
        account: `${wallet.chain}:${wallet.address}`,
        purpose: 'sign-in',
        proof: 'key',
        at: clock.now(),
      });
      expect(lockout.calls).toEqual(['succeed 192.0.2.1']);
    });

    it('holds where the wallet fills in its own address', async () => {
      const { signIn } = setUp();
      const { input, message } = signIn.challenge({ domain: DOMAIN, uri: URI, chain: wallet.chain });
      expect(message).toBeUndefined();
      const word = { solana: 'Solana', eip155: 'Ethereum', xrpl: 'XRPL', sui: 'Sui' }[wallet.chain.split(':')[0]!]!;
      const text = buildMessage(word as 'Solana', { ...input, address: wallet.address });
      const proof = { chain: wallet.chain, message: text, ...(await wallet.sign(text)) };
      expect((await signIn.verify(proof, CONTEXT)).account).toBe(`${wallet.chain}:${wallet.address}`);
    });

    it('works once, also at the same time', async () => {
      verifies('CM-AUTH-3');
      const { signIn, prove } = setUp();
      const proof = await prove(wallet);
      const tries = await Promise.allSettled([1, 2, 3].map(() => signIn.verify(proof, CONTEXT)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refusedFor('replayed'));
    });
  },
);

describe('a challenge', () => {
  const { signIn } = setUp();
  const good: ChallengeAsk = { domain: DOMAIN, uri: URI, chain: ETHEREUM };

  it('names everything a person should see, and a nonce of 128 random bits', () => {
    const { input, expires } = signIn.challenge({ ...good, requestId: 'interaction-1' });
    expect(input).toMatchObject({
      domain: DOMAIN,
      uri: URI,
      chainId: '1',
      version: '1',
      requestId: 'interaction-1',
      statement: expect.stringContaining('moves nothing'),
      issuedAt: '2023-11-14T22:13:20.000Z',
      expirationTime: '2023-11-14T22:18:20.000Z',
    });
    expect(input.nonce).toMatch(/^[0-9a-f]{64}$/);
    expect(expires).toBe(Date.parse(input.expirationTime));
    expect(new Set(Array.from({ length: 100 }, () => signIn.challenge(good).input.nonce.slice(0, 32))).size).toBe(100);
  });

  it.each<[string, Partial<ChallengeAsk>]>([
    ['a foreign domain', { domain: 'evil.example' }],
    ['a URI of another host', { uri: 'https://evil.example/sign-in' }],
    ['a URI of another port', { uri: 'https://ward.example:8443/sign-in' }],
    ['a plain URI', { uri: 'http://ward.example/sign-in' }],
    ['a URI with a user', { uri: 'https://ward.example@evil.example/' }],
    ['a URI in another spelling', { uri: 'https://WARD.example/sign-in' }],
    ['a script', { uri: 'javascript:alert(1)' }],
    ['an unknown chain', { chain: 'eip155:999' }],
    ['an unknown namespace', { chain: 'cosmos:hub' }],
    ['a prototype’s member as a chain', { chain: 'solana:constructor' }],
    ['an address of another chain', { address: WALLETS[0]!.address }],
    ['a wrong checksum', { address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'.replace('5aA', '5Aa') }],
    ['a request id with a line feed', { requestId: 'a\nResources:' }],
    ['a resource with a space', { resources: ['https://a b'] }],
  ])('is refused for %s', (_what, changes) => {
    expect(() => signIn.challenge({ ...good, ...changes })).toThrow(
      expect.objectContaining({ code: 'IDENTITY_CHALLENGE_INVALID' }),
    );
  });

  it('is served over http for loopback only', () => {
    const scene = setUp({ domains: ['127.0.0.1:8700', '[::1]:8700'] });
    const ask = (domain: string) => scene.signIn.challenge({ domain, uri: `http://${domain}/sign-in`, chain: SUI });
    expect(ask('127.0.0.1:8700').input.uri).toBe('http://127.0.0.1:8700/sign-in');
    expect(ask('[::1]:8700').input.uri).toBe('http://[::1]:8700/sign-in');
  });
});

describe('time', () => {
  verifies('CM-AUTH-3');

  it.each([
    [CHALLENGE_LIFETIME - 1, undefined],
    [CHALLENGE_LIFETIME, 'expired'],
    [-CLOCK_SKEW, undefined],
    [-CLOCK_SKEW - 1, 'future'],
  ])('%d ms after the challenge: %s, for every wallet', async (later, reason) => {
    for (const wallet of WALLETS) {
      const { signIn, prove, clock } = setUp();
      const proof = await prove(wallet);
      clock.wall += later;
      const answer = signIn.verify(proof, CONTEXT);
      if (reason === undefined) expect((await answer).account).toContain(wallet.address);
      else await expect(answer).rejects.toEqual(refusedFor(reason));
    }
  });
});

describe('the domain of a proof', () => {
  verifies('CM-AUTH-3');

  it('is the one it was made for, for every wallet, though both are ours', async () => {
    for (const wallet of WALLETS) {
      const { signIn, prove } = setUp();
      const proof = await prove(wallet, { domain: 'other.example', uri: 'https://other.example/sign-in' });
      await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refusedFor('domain mismatch'));
      const there = { ...CONTEXT, domain: 'other.example', uri: 'https://other.example/sign-in' };
      await expect(signIn.verify(proof, there)).resolves.toBeDefined();
    }
  });
});

describe('what a proof is bound to', () => {
  verifies('CM-AUTH-3');
  it.each<[string, string, Parameters<ReturnType<typeof setUp>['prove']>[1], object, object]>([
    ['domain', 'domain mismatch', { domain: 'other.example', uri: 'https://other.example/sign-in' }, {}, {}],
    ['domain of the flow', 'domain mismatch', {}, {}, { domain: 'other.example' }],
    ['URI', 'URI mismatch', { uri: 'https://ward.example/elsewhere' }, {}, {}],
    ['request', 'request mismatch', { requestId: 'a' }, {}, { requestId: 'b' }],
    ['absent request', 'request mismatch', { requestId: 'a' }, {}, {}],
    ['missing request', 'request mismatch', {}, {}, { requestId: 'a' }],
    ['purpose', 'not ours', { purpose: 'link' }, {}, {}],
    ['claimed address', 'address mismatch', {}, { address: solanaWallet().address }, {}],
    ['chain', 'chain', {}, { chain: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1' }, {}],
    ['kind of chain', 'layout', {}, { chain: XRPL }, {}],
    ['unknown chain', 'chain', {}, { chain: 'solana:8E9rvCKLFQia2Y35HXjjpWzj8weVo44K' }, {}],
  ])('%s', async (_what, reason, ask, changes, context) => {
    const { signIn, prove, lockout } = setUp();
    const proof = { ...(await prove(WALLETS[0]!, ask)), ...changes };
    await expect(signIn.verify(proof, { ...CONTEXT, ...context })).rejects.toEqual(refusedFor(reason));
    expect(lockout.calls).toEqual(['fail 192.0.2.1']);
  });

  it('is every bit of the message: a text we did not issue is refused though its signature holds', async () => {
    const { signIn, prove } = setUp();
    const wallet = WALLETS[1]!;
    const { message } = await prove(wallet);
    const forgeries = [
      message.replace('moves nothing', 'moves everything'),
      message.replace(/Nonce: ../, 'Nonce: zz'),
      message.replace('22:18:20.000Z', '23:18:20.000Z'),
      message.replace('22:13:20.000Z', '22:13:19.000Z'),
      `${message}\nResources:\n- https://evil.example/`,
    ];
    for (const text of forgeries) {
      expect(text).not.toBe(message);
      const forged = { chain: wallet.chain, message: text, ...(await wallet.sign(text)) };
      await expect(signIn.verify(forged, CONTEXT)).rejects.toEqual(refusedFor('not ours'));
    }
  });

  it('is the address, where the challenge named one', async () => {
    const { signIn, prove } = setUp();
    const [victim, thief] = [WALLETS[0]!, solanaWallet()];
    const { message } = await prove(victim);
    const text = message.replace(victim.address, thief.address);
    const proof = { chain: SOLANA, message: text, ...(await thief.sign(text)) };
    await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refusedFor('not ours'));
  });
});

describe('a refusal', () => {
  verifies('XR-ERR-2');

  it('has one code, one message and one duration, wherever it came from', async () => {
    const { signIn, prove, clock } = setUp();
    const wallet = WALLETS[0]!;
    const proof = await prove(wallet);
    const other = await solanaWallet().sign(proof.message);
    const used = await prove(wallet);
    await signIn.verify(used, CONTEXT);
    const failures: [Parameters<typeof signIn.verify>[0], Partial<typeof CONTEXT>][] = [
      [{ ...proof, chain: 'nonsense' }, {}],
      [{ ...proof, message: '' }, {}],
      [{ ...proof, message: `${proof.message} ` }, {}],
      [{ ...proof, ...other }, {}],
      [{ ...proof, signature: 'x'.repeat(20_000) }, {}],
      [proof, { domain: 'other.example' }],
      [used, {}],
    ];
    const seen = new Set<string>();
    for (const [each, context] of failures) {
      const start = clock.monotonic();
      const error = await signIn.verify(each, { ...CONTEXT, ...context }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(IdentityError);
      seen.add(JSON.stringify([error, clock.monotonic() - start]));
    }
    expect([...seen]).toEqual([
      JSON.stringify([
        {
          code: 'IDENTITY_SIGN_IN_REFUSED',
          message: 'the sign-in was refused',
          hint: 'ask for a new challenge and sign it with the wallet it names',
        },
        FAILURE_TIME,
      ]),
    ]);
  });

  it('takes the next whole multiple where a slow store outlasts the minimum', async () => {
    const scene = setUp();
    const slow = setUp({
      clock: scene.clock,
      sleep: scene.clock.sleep,
      lockout: Object.assign(scene.lockout, { fail: async () => scene.clock.pass(FAILURE_TIME + 10) }),
    });
    await expect(slow.signIn.verify({ chain: SUI, message: '', signature: '' }, CONTEXT)).rejects.toThrow();
    expect(scene.clock.monotonic()).toBe(2 * FAILURE_TIME);
  });

  it('comes from the lockout before anything is looked at, a good proof included', async () => {
    const { signIn, prove, lockout, clock } = setUp();
    const proof = await prove(WALLETS[0]!);
    lockout.locked = true;
    await expect(signIn.verify(proof, CONTEXT)).rejects.toMatchObject({ code: 'IDENTITY_LOCKED', retryAfter: 60 });
    expect(clock.monotonic()).toBe(FAILURE_TIME);
    lockout.locked = false;
    await expect(signIn.verify(proof, CONTEXT)).resolves.toBeDefined();
  });

  it.each([
    ['the table of nonces', { nonces: { use: () => Promise.reject(new Error('disk')) } }],
    [
      'the lockout',
      {
        lockout: {
          check: () => ({ allowed: true }),
          fail: async () => {},
          succeed: () => Promise.reject(new Error('disk')),
        },
      },
    ],
  ])('comes where %s fails', async (_what, options) => {
    const { signIn, prove, clock } = setUp(options);
    const proof = await prove(WALLETS[0]!);
    await expect(signIn.verify(proof, CONTEXT)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(clock.monotonic()).toBe(FAILURE_TIME);
  });

  it('remembers no nonce whose signature did not hold', async () => {
    const used: string[] = [];
    const { signIn, prove } = setUp({ nonces: { use: async (id) => used.push(id) > 0 } });
    const proof = await prove(WALLETS[0]!);
    const other = await solanaWallet().sign(proof.message);
    await expect(signIn.verify({ ...proof, ...other }, CONTEXT)).rejects.toEqual(refusedFor('signature'));
    expect(used).toEqual([]);
  });
});
