import { canonicalBytes, fromUtf8, isCoded, isJsonObject, type Json, parseStrictJson } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import {
  type Algorithm,
  assertKeyId,
  assertPlace,
  type KeyState,
  type Network,
  type VaultFiles,
} from '@wardmesh/vault';
import { vaultError } from '../error.ts';
import { MAX_KEYS, MAX_REFERENCE_LENGTH, MAX_REGISTER_BYTES } from '../limits.ts';

/** What is remembered of a key: enough to know it again, and to believe no signature of another. */
export interface KeyRecord {
  readonly keyId: string;
  readonly algorithm: Algorithm;
  /** `making` stands before the provider is asked, so that a crash leaves no key that nobody knows. */
  readonly state: 'making' | KeyState;
  /** Empty while `making`. */
  readonly reference: string;
  /** 66 upper-case hex digits, pinned; empty while `making`. */
  readonly publicKey: string;
}

/** The records of one wallet's keys. */
export interface KeyRegister {
  load(): Promise<readonly KeyRecord[]>;
  /** Durable when it resolves, whole or not at all. */
  save(records: readonly KeyRecord[]): Promise<void>;
}

const STATES = ['making', 'pending', 'active', 'retired'];
const ALGORITHMS = ['ed25519', 'secp256k1'];

/** The register in a sealed file, bound to its wallet, network and kind of provider. */
export function fileRegister(
  files: VaultFiles,
  key: SealingKey,
  place: { readonly network: Network; readonly walletId: string; readonly kind: string },
): KeyRegister {
  assertPlace(place);
  const path = `${place.network}/providers/${place.walletId}.sealed`;
  const aad = canonicalBytes({ purpose: 'wardmesh/v1/provider-keys', ...place });
  return {
    async load() {
      const sealed = await files.read(path, MAX_REGISTER_BYTES);
      return sealed === undefined ? [] : parse(open(key, sealed, aad));
    },
    async save(records) {
      await files.write(path, key.seal(canonicalBytes({ v: 1, keys: records as unknown as Json }), aad));
    },
  };
}

function open(key: SealingKey, sealed: Uint8Array, aad: Uint8Array): Uint8Array {
  try {
    return key.open(sealed, aad);
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    throw vaultError('VAULT_NOT_GENUINE', 'the register of provider keys was changed or is another wallet’s', {
      cause,
    });
  }
}

function parse(bytes: Uint8Array): readonly KeyRecord[] {
  const parsed = parseStrictJson(fromUtf8(bytes));
  const content = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
  const records = content.v === 1 && Array.isArray(content.keys) ? (content.keys as unknown as KeyRecord[]) : undefined;
  if (records === undefined || records.length > MAX_KEYS || !records.every(isRecord)) {
    throw vaultError('VAULT_FORMAT', 'the register of provider keys is of another version');
  }
  return records;
}

function isRecord({ keyId, algorithm, state, reference, publicKey }: KeyRecord): boolean {
  assertKeyId(keyId);
  const isMaking = state === 'making';
  return (
    STATES.includes(state) &&
    ALGORITHMS.includes(algorithm) &&
    reference.length <= MAX_REFERENCE_LENGTH &&
    (isMaking ? publicKey === '' : /^(ED|02|03)[0-9A-F]{64}$/.test(publicKey))
  );
}
