import { concatBytes, fromHex, toHex, utf8 } from '@wardmesh/core';
import {
  type Algorithm,
  assertKeyId,
  type KeyProvider,
  type ProviderKey,
  type ProviderSignature,
  Turnstile,
} from '@wardmesh/vault';
import { deriveAddress, verify } from 'ripple-keypairs';
import { vaultError } from '../error.ts';
import { MAX_KEYS, MAX_MESSAGE_BYTES } from '../limits.ts';
import type { KeyBackend, MadeKey } from './backend.ts';
import type { KeyRecord, KeyRegister } from './register.ts';

/** A provider whose keys can all be stopped by one call. */
export interface ManagedProvider extends KeyProvider {
  /**
   * Ends the use of every key at once (CM-KMS-2): from the first durable write on, nothing here signs with them, and the
   * place of the keys is told where it can be. Repeating it heals what a failure left.
   */
  revoke(): Promise<void>;
}

/** What each new key signs to show that its private half is there. No transaction begins so (those begin `STX`, `SMT`). */
const PROOF = utf8('wardmesh/v1/key-proof\0');

/**
 * A KeyProvider over a place of keys. States and public keys are kept here, sealed: the place is believed in nothing.
 * Every signature is verified against the pinned public key before it leaves.
 */
export function managedProvider(backend: KeyBackend, register: KeyRegister): ManagedProvider {
  return new Managed(backend, register);
}

class Managed implements ManagedProvider {
  readonly #backend: KeyBackend;
  readonly #register: KeyRegister;
  readonly #changes = new Turnstile();
  #records: readonly KeyRecord[] | undefined;

  constructor(backend: KeyBackend, register: KeyRegister) {
    this.#backend = backend;
    this.#register = register;
  }

  get capabilities() {
    return this.#backend.capabilities;
  }

  async keys(): Promise<readonly ProviderKey[]> {
    return (await this.#load()).flatMap((record) => (isMade(record) ? [asProviderKey(record)] : []));
  }

  async createKey(keyId: string, algorithm: Algorithm): Promise<ProviderKey> {
    assertKeyId(keyId);
    if (!this.capabilities.algorithms.includes(algorithm)) {
      throw vaultError('VAULT_UNSUPPORTED', 'the provider does not have this algorithm');
    }
    return this.#changes.run(async () => {
      const records = await this.#load();
      const known = records.find((record) => record.keyId === keyId);
      if (known !== undefined && isMade(known)) return asProviderKey(known);
      if (known === undefined) {
        if (records.length >= MAX_KEYS) throw vaultError('VAULT_CAPACITY', `a wallet has 1 to ${MAX_KEYS} keys`);
        await this.#save([...records, { keyId, algorithm, state: 'making', reference: '', publicKey: '' }]);
      }
      const asked = known?.algorithm ?? algorithm;
      const made = await this.#backend.makeKey(keyId, asked, known !== undefined);
      await this.#prove(keyId, asked, made);
      await this.#backend.disable(made);
      const { reference } = made;
      const record: KeyRecord = {
        keyId,
        algorithm: asked,
        state: 'pending',
        reference,
        publicKey: hex(made.publicKey),
      };
      await this.#replace(record);
      return asProviderKey(record);
    });
  }

  activateKey(keyId: string): Promise<void> {
    return this.#changes.run(async () => {
      const record = await this.#require(keyId);
      if (record.state === 'retired') throw vaultError('VAULT_KEY_STATE', 'a retired key does not come back');
      await this.#backend.enable(asMade(record));
      const records = await this.#load();
      if (record.state !== 'active') await this.#save(records.map((each) => activated(each, keyId)));
      await this.#disableRetired();
    });
  }

  async sign(keyId: string, message: Uint8Array): Promise<ProviderSignature> {
    if (message.length === 0 || message.length > MAX_MESSAGE_BYTES) {
      throw vaultError('VAULT_BAD_INPUT', `a message has 1 to ${MAX_MESSAGE_BYTES} bytes`);
    }
    // A copy: what the caller changes while the place is at work is neither signed nor verified.
    const bytes = new Uint8Array(message);
    const record = await this.#requireActive(keyId);
    const key = asMade(record);
    const signature = await this.#backend.sign(key, record.algorithm, bytes);
    this.#assertOurs(bytes, signature, record.publicKey);
    // It may have been revoked while its place was at work.
    await this.#requireActive(keyId);
    return { keyId, publicKey: key.publicKey, signature };
  }

  async destroyKey(keyId: string): Promise<void> {
    assertKeyId(keyId);
    return this.#changes.run(async () => {
      const records = await this.#load();
      const record = records.find((each) => each.keyId === keyId);
      if (record === undefined) return;
      if (record.state === 'active') throw vaultError('VAULT_KEY_STATE', 'an active key is not destroyed');
      await this.#backend.destroyKey(keyId, isMade(record) ? asMade(record) : undefined);
      await this.#save(records.filter((each) => each !== record));
    });
  }

  revoke(): Promise<void> {
    return this.#changes.run(async () => {
      const records = await this.#load();
      await this.#save(records.map((each) => (isMade(each) ? { ...each, state: 'retired' as const } : each)));
      await this.#disableRetired();
    });
  }

  /** Each is tried, whatever becomes of the others; the first failure is told. */
  async #disableRetired(): Promise<void> {
    const retired = (await this.#load()).filter(({ state }) => state === 'retired');
    const outcomes = await Promise.allSettled(retired.map((record) => this.#backend.disable(asMade(record))));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #prove(keyId: string, algorithm: Algorithm, made: MadeKey): Promise<void> {
    const message = concatBytes(PROOF, utf8(keyId));
    this.#assertOurs(message, await this.#backend.sign(made, algorithm, message), hex(made.publicKey));
  }

  #assertOurs(message: Uint8Array, signature: Uint8Array, publicKey: string): void {
    let isOurs = false;
    try {
      isOurs = verify(hex(message), hex(signature), publicKey);
    } catch {
      // A signature that cannot be read is none.
    }
    if (!isOurs) {
      throw vaultError('VAULT_PROVIDER_FAULT', 'the provider’s signature is not one of the key that was asked', {
        hint: 'Revoke the wallet, and find out what answers in the provider’s place.',
      });
    }
  }

  async #require(keyId: string): Promise<KeyRecord> {
    const record = (await this.#load()).find((each) => each.keyId === keyId);
    if (record === undefined || !isMade(record)) throw vaultError('VAULT_KEY_NOT_FOUND', 'the wallet has no such key');
    return record;
  }

  async #requireActive(keyId: string): Promise<KeyRecord> {
    const record = await this.#require(keyId);
    if (record.state !== 'active') throw vaultError('VAULT_KEY_STATE', 'only an active key signs');
    return record;
  }

  async #load(): Promise<readonly KeyRecord[]> {
    this.#records ??= await this.#register.load();
    return this.#records;
  }

  /** What could not be written may or may not be on the disk: the next look reads it. */
  async #save(records: readonly KeyRecord[]): Promise<void> {
    this.#records = undefined;
    await this.#register.save(records);
    this.#records = records;
  }

  async #replace(record: KeyRecord): Promise<void> {
    await this.#save((await this.#load()).map((each) => (each.keyId === record.keyId ? record : each)));
  }
}

function activated(record: KeyRecord, keyId: string): KeyRecord {
  if (record.keyId === keyId) return { ...record, state: 'active' };
  return record.state === 'active' ? { ...record, state: 'retired' } : record;
}

function isMade({ state }: KeyRecord): boolean {
  return state !== 'making';
}

function asMade({ reference, publicKey }: KeyRecord): MadeKey {
  return { reference, publicKey: fromHex(publicKey.toLowerCase()) };
}

function asProviderKey({ keyId, algorithm, state, publicKey }: KeyRecord): ProviderKey {
  if (state === 'making') throw vaultError('VAULT_KEY_STATE', 'the key is not made yet');
  return { keyId, algorithm, state, publicKey, address: deriveAddress(publicKey) };
}

function hex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}
