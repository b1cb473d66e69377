import { isCoded, type Random, systemRandom, toHex, utf8 } from '@wardmesh/core';
import { deriveAddress, verify } from 'ripple-keypairs';
import type { VaultErrorCode } from '../error.ts';
import { newKeyId } from '../wallet-file/place.ts';
import type { KeyProvider, ProviderKey } from './key-provider.ts';

/** One promise of the port. `run` throws where the provider breaks it. */
export interface ProviderCase {
  readonly title: string;
  run(provider: KeyProvider, random?: Random): Promise<void>;
}

/**
 * The contract of {@link KeyProvider}, for every provider to pass: each case gets a provider of a fresh, unlocked
 * wallet. A test runner maps over it: `test.each(PROVIDER_CASES)('$title', ({ run }) => run(makeProvider()))`.
 */
export const PROVIDER_CASES: readonly ProviderCase[] = [
  {
    title: 'says what it protects',
    async run({ capabilities }) {
      check(capabilities.algorithms.length > 0, 'it names its algorithms');
      check(capabilities.statement.length > 40, 'it explains itself to people');
      const inMemory = capabilities.inUse === 'process-memory';
      check(!inMemory || !capabilities.survivesHostTakeover, 'a key in memory does not survive the host');
    },
  },
  {
    title: 'makes keys of each algorithm it names, pending, under the id it is given, once',
    async run(provider, random) {
      for (const algorithm of provider.capabilities.algorithms) {
        const keyId = newKeyId(random ?? systemRandom);
        const key = await provider.createKey(keyId, algorithm);
        check(key.keyId === keyId && key.algorithm === algorithm && key.state === 'pending', 'as asked, and pending');
        check(/^[0-9A-F]{66}$/.test(key.publicKey), 'the public key has 33 bytes');
        check(deriveAddress(key.publicKey) === key.address, 'the address follows from the public key');
        const again = await provider.createKey(keyId, algorithm);
        check(again.publicKey === key.publicKey, 'a repeat makes no second key');
        check((await provider.keys()).filter((each) => each.keyId === keyId).length === 1, 'it is listed once');
      }
    },
  },
  {
    title: 'signs with an active key what the ledger verifies, and nothing else verifies',
    async run(provider, random) {
      for (const algorithm of provider.capabilities.algorithms) {
        const key = await provider.createKey(newKeyId(random ?? systemRandom), algorithm);
        await refuses('VAULT_KEY_STATE', () => provider.sign(key.keyId, MESSAGE), 'a pending key signs nothing');
        await provider.activateKey(key.keyId);
        const { keyId, publicKey, signature } = await provider.sign(key.keyId, MESSAGE);
        check(keyId === key.keyId && hex(publicKey) === key.publicKey, 'it says which key signed');
        check(verify(hex(MESSAGE), hex(signature), key.publicKey), 'the signature verifies');
        check(!verify(hex(utf8('another')), hex(signature), key.publicKey), 'it binds the message');
      }
    },
  },
  {
    title: 'lets the key before retire, which then neither signs nor comes back',
    async run(provider, random) {
      const [first, second] = await twoKeys(provider, random);
      await provider.activateKey(first.keyId);
      await provider.activateKey(first.keyId);
      await provider.activateKey(second.keyId);
      check((await stateOf(provider, first.keyId)) === 'retired', 'the key before has retired');
      check((await stateOf(provider, second.keyId)) === 'active', 'the new key is active');
      await refuses('VAULT_KEY_STATE', () => provider.sign(first.keyId, MESSAGE), 'a retired key signs nothing');
      await refuses('VAULT_KEY_STATE', () => provider.activateKey(first.keyId), 'it does not come back');
    },
  },
  {
    title: 'destroys pending and retired keys for good, once or twice, and active ones never',
    async run(provider, random) {
      const [first, second] = await twoKeys(provider, random);
      await provider.activateKey(first.keyId);
      await refuses('VAULT_KEY_STATE', () => provider.destroyKey(first.keyId), 'an active key is not destroyed');
      await provider.activateKey(second.keyId);
      await provider.destroyKey(first.keyId);
      await provider.destroyKey(first.keyId);
      check((await stateOf(provider, first.keyId)) === undefined, 'it is gone');
      await refuses('VAULT_KEY_NOT_FOUND', () => provider.sign(first.keyId, MESSAGE), 'a destroyed key signs nothing');
      await provider.sign(second.keyId, MESSAGE);
    },
  },
  {
    title: 'refuses keys that it does not have, and ids that are none',
    async run(provider, random) {
      const keyId = newKeyId(random ?? systemRandom);
      await refuses('VAULT_KEY_NOT_FOUND', () => provider.sign(keyId, MESSAGE), 'signing');
      await refuses('VAULT_KEY_NOT_FOUND', () => provider.activateKey(keyId), 'activating');
      const algorithm = provider.capabilities.algorithms[0]!;
      for (const bad of ['', 'key_', '../key', `key_${'0'.repeat(33)}`]) {
        await refuses('VAULT_BAD_INPUT', async () => provider.createKey(bad, algorithm), `the id ${bad}`);
      }
    },
  },
  {
    title: 'refuses algorithms that it does not name',
    async run(provider, random) {
      const create = () => provider.createKey(newKeyId(random ?? systemRandom), 'rsa' as 'ed25519');
      await refuses('VAULT_UNSUPPORTED', create, 'an unknown algorithm');
    },
  },
];

const MESSAGE = utf8('STX\0 a transaction');

async function twoKeys(provider: KeyProvider, random: Random = systemRandom): Promise<[ProviderKey, ProviderKey]> {
  const algorithm = provider.capabilities.algorithms[0]!;
  return [await provider.createKey(newKeyId(random), algorithm), await provider.createKey(newKeyId(random), algorithm)];
}

async function stateOf(provider: KeyProvider, keyId: string): Promise<string | undefined> {
  return (await provider.keys()).find((key) => key.keyId === keyId)?.state;
}

async function refuses(code: VaultErrorCode, work: () => Promise<unknown>, what: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    check(isCoded(error, code), `${what}: refused with ${code}, not ${isCoded(error) ? error.code : 'another error'}`);
    return;
  }
  check(false, `${what}: refused`);
}

function check(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(`the provider breaks its contract: ${promise}`);
}

function hex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}
