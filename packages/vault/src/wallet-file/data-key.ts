import { canonicalBytes, fromHex, type Random, toHex } from '@wardmesh/core';
import { type KeyUseStore, SealingKey } from '@wardmesh/crypto';
import { fromCrypto, vaultError } from '../error.ts';
import { DATA_KEY_SEALS, ID_BYTES } from '../limits.ts';
import { joinSecret } from '../secure-buffer/secret-bytes.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { WalletPlace } from './place.ts';
import { decodeKeySet, encodeKeySet, type KeySet } from './stored-key.ts';

/** Remembers how often a key was used, over restarts (XR-CRY-2). `KeyUseFile` of @wardmesh/store fits. */
export type KeyUses = (keyId: string) => KeyUseStore;

/** A wallet's random data key: it seals the keys, and the password key wraps it. */
export interface DataKey extends Disposable {
  /** 32 hex digits; the name under which its uses are counted. */
  readonly id: string;
  readonly key: SecureBuffer;
}

/** The data key and the keys sealed under it: the plaintext that a password protects. */
export interface Bundle extends Disposable {
  readonly dataKey: DataKey;
  /** Opaque to a change of password. */
  readonly box: Uint8Array;
}

const KEY_BYTES = 32;
const HEAD_BYTES = 1 + ID_BYTES + KEY_BYTES;

export function newDataKey(random: Random): DataKey {
  return dataKey(toHex(random.bytes(ID_BYTES)), SecureBuffer.take(random.bytes(KEY_BYTES)));
}

/** The same key under another owner. */
export function copyDataKey({ id, key }: DataKey): DataKey {
  return dataKey(id, SecureBuffer.from(key.getBuffer()));
}

function dataKey(id: string, key: SecureBuffer): DataKey {
  return { id, key, [Symbol.dispose]: () => key.zero() };
}

/**
 * Seals all keys of a wallet under its data key, bound to the wallet's place, and counts the use.
 * @throws VAULT_KEY_EXHAUSTED where the data key has sealed all it may: take a new one
 */
export function sealKeys(keys: KeySet, under: DataKey, place: WalletPlace, uses: KeyUses, random: Random): Uint8Array {
  using plaintext = encodeKeySet(keys);
  const sealing = new SealingKey({
    keyId: under.id,
    key: under.key.getBuffer(),
    uses: uses(`data-${under.id}`),
    limit: DATA_KEY_SEALS,
    random,
  });
  try {
    return sealing.seal(plaintext.getBuffer(), aadOf(under.id, place));
  } catch (error) {
    throw fromCrypto(error);
  } finally {
    sealing.destroy();
  }
}

/** The keys in a bundle; the caller disposes of them. @throws VAULT_NOT_GENUINE, VAULT_FORMAT */
export function openKeys({ dataKey, box }: Bundle, place: WalletPlace): KeySet {
  const sealing = new SealingKey({ keyId: dataKey.id, key: dataKey.key.getBuffer() });
  try {
    using plaintext = SecureBuffer.take(sealing.open(box, aadOf(dataKey.id, place)));
    return decodeKeySet(plaintext);
  } catch (error) {
    throw fromCrypto(error);
  } finally {
    sealing.destroy();
  }
}

/** version (1) ‖ id of the data key (16) ‖ data key (32) ‖ sealed keys. */
export function encodeBundle({ dataKey, box }: Omit<Bundle, typeof Symbol.dispose>): SecureBuffer {
  return SecureBuffer.take(joinSecret(Uint8Array.of(1), fromHex(dataKey.id), dataKey.key.getBuffer(), box));
}

/** What {@link encodeBundle} wrote. @throws VAULT_FORMAT */
export function decodeBundle(buffer: SecureBuffer): Bundle {
  const bytes = buffer.getBuffer();
  if (bytes.length <= HEAD_BYTES || bytes[0] !== 1) {
    throw vaultError('VAULT_FORMAT', 'the sealed data key is not spelled as we spell it');
  }
  const key = SecureBuffer.from(bytes.subarray(1 + ID_BYTES, HEAD_BYTES));
  return {
    dataKey: dataKey(toHex(bytes.subarray(1, 1 + ID_BYTES)), key),
    box: new Uint8Array(bytes.subarray(HEAD_BYTES)),
    [Symbol.dispose]: () => key.zero(),
  };
}

function aadOf(dataKeyId: string, { network, walletId }: WalletPlace): Uint8Array {
  return canonicalBytes({ purpose: 'wardmesh/v1/wallet-keys', network, walletId, dataKeyId });
}
