import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { openKeystore, PASSWORD, password, secret } from '../keystore/keystore.fixture.ts';
import { PROVIDER_CASES } from './conformance.ts';
import type { KeyProvider } from './key-provider.ts';
import { localFileProvider } from './local-file.ts';

async function freshProvider(): Promise<KeyProvider> {
  const { keystore } = await openKeystore();
  const { walletId } = await keystore.create({ name: 'till', password: password() });
  await keystore.unlock(walletId, password());
  return localFileProvider(keystore, walletId, async () => secret(PASSWORD));
}

describe('the local file provider', () => {
  verifies('CH-TEE-1');

  test.each(PROVIDER_CASES)('$title', async ({ run }) => {
    await run(await freshProvider());
  });

  test('signs nothing while the wallet is locked, and wipes each password it asked for', async () => {
    const { keystore } = await openKeystore();
    const { walletId, keys } = await keystore.create({ name: 'till', password: password() });
    const asked = [secret(PASSWORD), secret('Wrong horse 99')];
    let count = 0;
    const provider = localFileProvider(keystore, walletId, async () => asked[count++]!);
    await provider.activateKey(keys[1]!.keyId);
    await expect(provider.destroyKey(keys[0]!.keyId)).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    await expect(provider.sign(keys[1]!.keyId, new Uint8Array(1))).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    expect(asked.map(({ isZeroed }) => isZeroed)).toEqual([true, true]);
  });
});

describe('the conformance cases', () => {
  /** Providers with one fault each, and the case that must see it. */
  const faults: readonly [string, (good: KeyProvider) => Partial<KeyProvider>, string][] = [
    [
      'claims too much',
      (good) => ({ capabilities: { ...good.capabilities, survivesHostTakeover: true } }),
      'says what',
    ],
    ['forgets nothing', () => ({ destroyKey: async () => undefined }), 'destroys'],
    [
      'signs something else',
      (good) => ({ sign: (keyId) => good.sign(keyId, new Uint8Array(3)) }),
      'signs with an active key',
    ],
    [
      'gives ids of its own',
      (good) => ({ createKey: (_keyId, algorithm) => good.createKey(`key_${'5'.repeat(32)}`, algorithm) }),
      'makes keys',
    ],
    [
      'takes any algorithm',
      (good) => ({ createKey: (keyId) => good.createKey(keyId, 'ed25519') }),
      'refuses algorithms',
    ],
    ['never activates', () => ({ activateKey: async () => undefined }), 'lets the key before retire'],
  ];

  test.each(faults)('catch a provider that %s', async (_name, fault, title) => {
    const good = await freshProvider();
    const { run } = PROVIDER_CASES.find((each) => each.title.startsWith(title))!;
    await expect(run({ ...good, ...fault(good) })).rejects.toThrow();
  });
});
