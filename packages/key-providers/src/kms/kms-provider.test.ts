import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { newKeyId, newWalletId, PROVIDER_CASES } from '@wardmesh/vault';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CREDENTIALS, type Fault, KmsEmulator } from '../testing/kms/emulator.ts';
import { MemoryRegister, seededRandom } from '../testing/memory.ts';
import { type KmsOptions, kmsHost } from './client.ts';
import { kmsProvider } from './kms-provider.ts';

const MESSAGE = utf8('STX\0 a transaction');
const random = seededRandom('kms');
const started: KmsEmulator[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
});

async function freshProvider(overrides: Partial<KmsOptions> = {}) {
  const emulator = await KmsEmulator.start();
  started.push(emulator);
  const register = new MemoryRegister();
  const options: KmsOptions = {
    region: 'eu-central-1',
    endpoint: emulator.endpoint,
    credentials: async () => CREDENTIALS,
    ...overrides,
  };
  const walletId = newWalletId(random);
  const restart = () => kmsProvider(options, walletId, register);
  return { emulator, register, provider: restart(), restart };
}

async function activeKey(algorithm: 'secp256k1' | 'ed25519' = 'secp256k1', overrides: Partial<KmsOptions> = {}) {
  const fresh = await freshProvider(overrides);
  const key = await fresh.provider.createKey(newKeyId(random), algorithm);
  await fresh.provider.activateKey(key.keyId);
  fresh.emulator.seen.length = 0;
  return { ...fresh, key };
}

describe('the AWS KMS provider over the real SDK', () => {
  verifies('CM-KMS-1', 'CH-TEE-1');

  test.each(PROVIDER_CASES)('$title', async ({ run }) => {
    await run((await freshProvider()).provider, random);
  });

  test('asks for ECDSA over the SHA-512Half, as a digest, and for Ed25519 over the message', async () => {
    const { emulator, provider, key } = await activeKey();
    await provider.sign(key.keyId, MESSAGE);
    expect(emulator.seen[0]).toMatchObject({
      action: 'Sign',
      by: { accessKeyId: CREDENTIALS.accessKeyId, region: 'eu-central-1', service: 'kms' },
      request: { MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' },
    });
    expect(Buffer.from(String(emulator.seen[0]!.request.Message), 'base64')).toHaveLength(32);
    const other = await activeKey('ed25519');
    await other.provider.sign(other.key.keyId, MESSAGE);
    expect(other.emulator.seen[0]!.request).toMatchObject({
      MessageType: 'RAW',
      SigningAlgorithm: 'ED25519_SHA_512',
      Message: Buffer.from(MESSAGE).toString('base64'),
    });
    await expect(other.provider.sign(other.key.keyId, new Uint8Array(4_097))).rejects.toMatchObject({
      code: 'VAULT_UNSUPPORTED',
    });
    const long = await provider.sign(key.keyId, new Uint8Array(100_000));
    expect(long.signature[0]).toBe(0x30);
  });

  test('gives low s only, though the service gives either', async () => {
    const { provider, key } = await activeKey();
    for (let i = 0; i < 12; i++) {
      const { signature } = await provider.sign(key.keyId, utf8(`STX\0${i}`));
      const s = signature.subarray(6 + signature[3]!);
      expect(s.length < 32 || s[0]! < 0x80).toBe(true);
    }
  });

  test('enables a key only while it is active', async () => {
    const { emulator, provider } = await freshProvider();
    const states = () => [...emulator.keys.keys.values()].map(({ state }) => state);
    const first = await provider.createKey(newKeyId(random), 'secp256k1');
    expect(states()).toEqual(['Disabled']);
    await provider.activateKey(first.keyId);
    expect(states()).toEqual(['Enabled']);
    const second = await provider.createKey(newKeyId(random), 'secp256k1');
    await provider.activateKey(second.keyId);
    expect(states()).toEqual(['Disabled', 'Enabled']);
    await provider.destroyKey(first.keyId);
    expect(states()).toEqual(['PendingDeletion', 'Enabled']);
    expect(emulator.seen.at(-1)!.request).toMatchObject({ PendingWindowInDays: 7 });
  });

  test('revokes every key at once, here and at the service, also where the service is away', async () => {
    verifies('CM-KMS-2');
    const { emulator, provider, key } = await activeKey();
    const spare = await provider.createKey(newKeyId(random), 'secp256k1');
    emulator.faults.push({ action: 'DisableKey', error: 'AccessDeniedException' });
    await expect(provider.revoke()).rejects.toMatchObject({ code: 'VAULT_PROVIDER_REFUSED' });
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_KEY_STATE' });
    await provider.revoke();
    expect([...emulator.keys.keys.values()].map(({ state }) => state)).toEqual(['Disabled', 'Disabled']);
    await expect(provider.activateKey(spare.keyId)).rejects.toMatchObject({ code: 'VAULT_KEY_STATE' });
  });

  test('signs nothing that was revoked while the service was at work', async () => {
    const { emulator, provider, key } = await activeKey();
    let revoked: Promise<void> | undefined;
    emulator.faults.push({
      action: 'Sign',
      change: (answer) => {
        revoked = provider.revoke();
        return answer;
      },
    });
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_KEY_STATE' });
    await revoked;
  });
});

describe('a crash while a key is made in AWS KMS', () => {
  test.each([
    ['before the key', { action: 'CreateKey', error: 'KMSInternalException', status: 500 }],
    ['with the key, and its answer lost', { action: 'CreateKey', isCutAfter: true }],
    ['before the alias', { action: 'CreateAlias', error: 'AccessDeniedException' }],
    ['before the public key', { action: 'GetPublicKey', error: 'AccessDeniedException' }],
    ['before the proof', { action: 'Sign', error: 'AccessDeniedException' }],
    ['before it is put to rest', { action: 'DisableKey', error: 'AccessDeniedException' }],
  ] as const)('%s leaves one key, which the next try makes its own', async (_name, fault) => {
    const { emulator, provider, restart } = await freshProvider();
    const keyId = newKeyId(random);
    emulator.faults.push(fault as Fault);
    await expect(provider.createKey(keyId, 'secp256k1')).rejects.toThrow();
    const next = restart();
    expect(await next.keys()).toEqual([]);
    await next.createKey(keyId, 'secp256k1');
    await next.activateKey(keyId);
    await next.sign(keyId, MESSAGE);
    expect(emulator.keys.keys.size).toBe(1);
    expect([...emulator.keys.aliases.keys()]).toEqual([`alias/wardmesh/${keyId}`]);
  });

  test('with the alias, and its answer lost, is healed at once', async () => {
    const { emulator, provider } = await freshProvider();
    emulator.faults.push({ action: 'CreateAlias', isCutAfter: true });
    await provider.createKey(newKeyId(random), 'secp256k1');
    expect(emulator.keys.keys.size).toBe(1);
  });

  test('at any write of the register leaves nothing that destroying does not find', async () => {
    for (const when of ['before', 'after'] as const) {
      for (const write of [1, 2]) {
        const { emulator, provider, register, restart } = await freshProvider();
        const keyId = newKeyId(random);
        register.killAt(write, when);
        await expect(provider.createKey(keyId, 'secp256k1')).rejects.toThrow('killed');
        await restart().destroyKey(keyId);
        await restart().destroyKey(keyId);
        expect([...emulator.keys.keys.values()].every(({ state }) => state === 'PendingDeletion')).toBe(true);
        expect(register.records).toEqual([]);
      }
    }
  });

  test('finds its key among many', async () => {
    const { emulator, provider, restart } = await freshProvider();
    for (let i = 0; i < 120; i++) emulator.keys.actions.CreateKey!({});
    const keyId = newKeyId(random);
    emulator.faults.push({ action: 'CreateKey', isCutAfter: true });
    await expect(provider.createKey(keyId, 'secp256k1')).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    await restart().createKey(keyId, 'secp256k1');
    expect(emulator.keys.keys.size).toBe(121);
  });
});

describe('AWS KMS that is not to be believed', () => {
  const change = (action: string, changes: Record<string, unknown>): Fault => ({
    action,
    change: (answer) => ({ ...answer, ...changes }),
  });

  test('its signature of another key, or of another message, does not leave', async () => {
    const { emulator, provider, key } = await activeKey();
    const other = await provider.createKey(newKeyId(random), 'secp256k1');
    const otherArn = [...emulator.keys.keys.keys()][1]!;
    emulator.keys.keys.get(otherArn)!.state = 'Enabled';
    const request = { Message: Buffer.alloc(32, 3).toString('base64'), MessageType: 'DIGEST' };
    const sign = (KeyId: string) =>
      emulator.keys.actions.Sign!({ ...request, KeyId, SigningAlgorithm: 'ECDSA_SHA_256' }) as { Signature: string };
    expect(other.publicKey).not.toBe(key.publicKey);
    const arn = [...emulator.keys.keys.keys()][0]!;
    for (const bad of [
      { Signature: sign(otherArn).Signature },
      { Signature: sign(arn).Signature },
      { Signature: Buffer.from('no signature').toString('base64') },
      { Signature: '' },
      { Signature: undefined },
      { KeyId: otherArn },
      { KeyId: undefined },
    ]) {
      emulator.faults.push(change('Sign', bad));
      await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    }
    await provider.sign(key.keyId, MESSAGE);
  });

  test('a public key whose private half is not there is never taken', async () => {
    const { emulator, provider } = await freshProvider();
    emulator.keys.actions.CreateKey!({ KeySpec: 'ECC_SECG_P256K1' });
    const [foreign] = [...emulator.keys.keys.keys()];
    const { PublicKey } = emulator.keys.actions.GetPublicKey!({ KeyId: foreign });
    for (const bad of [{ PublicKey }, { KeyId: foreign }, { KeySpec: 'ECC_NIST_P256' }, { PublicKey: undefined }]) {
      emulator.faults.push(change('GetPublicKey', bad));
      const created = provider.createKey(newKeyId(random), 'secp256k1');
      await expect(created).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    }
    expect(await provider.keys()).toEqual([]);
  });

  test.each([
    ['imported material', { origin: 'EXTERNAL' }],
    ['material that is copied to other regions', { multiRegion: true }],
  ])('a key with %s is not taken under our alias', async (_name, changes) => {
    const { emulator, provider } = await freshProvider();
    const keyId = newKeyId(random);
    emulator.keys.actions.CreateKey!({ KeySpec: 'ECC_SECG_P256K1' });
    const [[arn, planted]] = [...emulator.keys.keys] as [[string, object]];
    Object.assign(planted, changes);
    emulator.keys.actions.CreateAlias!({ AliasName: `alias/wardmesh/${keyId}`, TargetKeyId: arn });
    await expect(provider.createKey(keyId, 'secp256k1')).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
  });
});

describe('AWS KMS on a bad day', () => {
  test('throttling is waited out, and told with a time where it lasts', async () => {
    const { emulator, provider, key } = await activeKey();
    const throttled: Fault = { action: 'Sign', error: 'ThrottlingException' };
    emulator.faults.push(throttled, throttled);
    await provider.sign(key.keyId, MESSAGE);
    expect(emulator.actions).toEqual(['Sign', 'Sign', 'Sign']);
    emulator.faults.push(throttled, throttled, throttled);
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({
      code: 'VAULT_PROVIDER_UNAVAILABLE',
      retryAfter: 1,
    });
  });

  test.each([
    ['AccessDeniedException', 'VAULT_PROVIDER_REFUSED'],
    ['ExpiredTokenException', 'VAULT_PROVIDER_REFUSED'],
    ['UnrecognizedClientException', 'VAULT_PROVIDER_REFUSED'],
    ['DisabledException', 'VAULT_PROVIDER_REFUSED'],
    ['KMSInvalidStateException', 'VAULT_PROVIDER_REFUSED'],
    ['NotFoundException', 'VAULT_PROVIDER_UNAVAILABLE'],
    ['UnsupportedOperationException', 'VAULT_UNSUPPORTED'],
    ['SomethingNewException', 'VAULT_PROVIDER_UNAVAILABLE'],
  ])('%s is told as %s, in our words', async (error, code) => {
    const { emulator, provider, key } = await activeKey();
    emulator.faults.push({ action: 'Sign', error });
    const thrown = (await provider.sign(key.keyId, MESSAGE).catch((caught: unknown) => caught)) as Error;
    expect(thrown).toMatchObject({ code });
    expect(`${thrown.stack}${JSON.stringify(thrown)}`).not.toContain(CREDENTIALS.accessKeyId);
    expect(thrown.cause).toBeUndefined();
  });

  test('a key that somebody disabled at the service does not sign, and signs again once it is enabled', async () => {
    const { emulator, provider, key } = await activeKey();
    const [only] = [...emulator.keys.keys.values()];
    only!.state = 'Disabled';
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_REFUSED' });
    only!.state = 'Enabled';
    await provider.sign(key.keyId, MESSAGE);
  });

  test('no answer is waited for as long as it is told and no longer', async () => {
    const { emulator, provider, key } = await activeKey('secp256k1', { timeout: 200 });
    emulator.faults.push(...Array.from({ length: 3 }, (): Fault => ({ action: 'Sign', isSilent: true })));
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
  });

  test('a service that is gone is told as such; the keys are still listed', async () => {
    const { emulator, provider, key } = await activeKey();
    await emulator.stop();
    started.length = 0;
    await expect(provider.sign(key.keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    expect((await provider.keys()).map(({ keyId }) => keyId)).toEqual([key.keyId]);
  });
});

describe('what the client of AWS KMS takes', () => {
  test('are the credentials it is given, never those of the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT00001');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'environment');
    vi.stubEnv('AWS_SESSION_TOKEN', 'environment');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', 'http://127.0.0.1:1');
    const { emulator, provider } = await freshProvider();
    await provider.createKey(newKeyId(random), 'secp256k1');
    expect(new Set(emulator.seen.map(({ by }) => `${by.accessKeyId} ${by.region}`))).toEqual(
      new Set([`${CREDENTIALS.accessKeyId} eu-central-1`]),
    );
    const none = await freshProvider({ credentials: () => Promise.reject(new Error('canary-credential')) });
    const thrown = await none.provider.createKey(newKeyId(random), 'secp256k1').catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    expect(`${(thrown as Error).stack}`).not.toContain('canary');
    expect(none.emulator.seen).toEqual([]);
  });

  test('wrong credentials are noticed by the service: the emulator checks each signature', async () => {
    const credentials = async () => ({ ...CREDENTIALS, secretAccessKey: 'another' });
    const { provider, emulator } = await freshProvider({ credentials });
    await expect(provider.createKey(newKeyId(random), 'secp256k1')).rejects.toMatchObject({
      code: 'VAULT_PROVIDER_REFUSED',
    });
    expect(emulator.seen).toEqual([]);
  });

  test.each([
    'http://kms.example.com',
    'ftp://127.0.0.1',
    'https://user:pass@kms.example.com',
    'https://x/?q',
    'nowhere',
  ])('is no endpoint such as %s', async (endpoint) => {
    await expect(freshProvider({ endpoint })).rejects.toMatchObject({ code: 'VAULT_BAD_INPUT' });
  });

  test('is a region by its name', () => {
    expect(kmsHost('eu-central-1')).toBe('kms.eu-central-1.amazonaws.com');
    expect(kmsHost('us-gov-west-1')).toBe('kms.us-gov-west-1.amazonaws.com');
    expect(kmsHost('cn-north-1')).toBe('kms.cn-north-1.amazonaws.com.cn');
    for (const bad of ['', 'x', 'eu-central-1.evil.com', '../x', 'EU-CENTRAL-1']) {
      expect(() => kmsHost(bad)).toThrow(expect.objectContaining({ code: 'VAULT_BAD_INPUT' }));
    }
  });
});
