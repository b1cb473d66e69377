import { concatBytes, fromHex, toHex } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { ACCOUNT_ID_BYTES, ID_BYTES, MAX_KEYS, PRIVATE_KEY_BYTES } from '../limits.ts';
import { secretBytes } from '../secure-buffer/secret-bytes.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { Algorithm } from '../seeds/public-key.ts';
import { assertKeyId } from './place.ts';

/** `master` made the account's address; `regular` signs for it and can be replaced (ADR-004). */
export type KeyRole = 'master' | 'regular';
/** `pending` until the ledger accepts it, `retired` once another took its place. Only active keys sign. */
export type KeyState = 'pending' | 'active' | 'retired';

/** A key as it lies, sealed, in a wallet's file. */
export interface StoredKey {
  readonly keyId: string;
  readonly role: KeyRole;
  readonly state: KeyState;
  readonly algorithm: Algorithm;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** 32 bytes. */
  readonly secret: SecureBuffer;
}

/** All keys of a wallet and the account that they sign for. */
export interface KeySet extends Disposable {
  readonly accountId: Uint8Array;
  readonly keys: readonly StoredKey[];
}

const MAGIC = Uint8Array.of(0x57, 0x4b, 0x53, 0x01); // "WKS" 1
const ROLES: readonly KeyRole[] = ['master', 'regular'];
const STATES: readonly KeyState[] = ['pending', 'active', 'retired'];
const ALGORITHMS: readonly Algorithm[] = ['ed25519', 'secp256k1'];
const HEAD_BYTES = MAGIC.length + ACCOUNT_ID_BYTES + 1;
const TIME_BYTES = 6;
const ENTRY_BYTES = ID_BYTES + 3 + TIME_BYTES + PRIVATE_KEY_BYTES;

/** A key set whose secrets are wiped at the end of its scope. */
export function keySet(accountId: Uint8Array, keys: readonly StoredKey[]): KeySet {
  return {
    accountId,
    keys,
    [Symbol.dispose]() {
      for (const { secret } of keys) secret.zero();
    },
  };
}

/**
 * Bytes of a key set, binary because text could not be wiped: magic (4) ‖ AccountID (20) ‖ count (1) ‖ for each key
 * id (16) ‖ role ‖ state ‖ algorithm (1 each) ‖ created, ms, big-endian (6) ‖ private key (32). Without keys it says only
 * whose account it is: its regular key lives elsewhere, and its master key in a backup.
 */
export function encodeKeySet({ accountId, keys }: KeySet): SecureBuffer {
  if (keys.length > MAX_KEYS) throw vaultError('VAULT_CAPACITY', `a wallet has at most ${MAX_KEYS} keys`);
  const bytes = secretBytes(HEAD_BYTES + keys.length * ENTRY_BYTES);
  bytes.set(concatBytes(MAGIC, accountId, Uint8Array.of(keys.length)));
  for (const [i, key] of keys.entries()) {
    assertKeyId(key.keyId);
    const entry = bytes.subarray(HEAD_BYTES + i * ENTRY_BYTES);
    entry.set(fromHex(key.keyId.slice(4)));
    entry.set([ROLES.indexOf(key.role), STATES.indexOf(key.state), ALGORITHMS.indexOf(key.algorithm)], ID_BYTES);
    Buffer.from(entry.buffer, entry.byteOffset).writeUIntBE(key.createdAt, ID_BYTES + 3, TIME_BYTES);
    entry.set(key.secret.getBuffer(), ID_BYTES + 3 + TIME_BYTES);
  }
  return SecureBuffer.take(bytes);
}

/** What {@link encodeKeySet} wrote; the caller disposes of it. @throws VAULT_FORMAT for any other bytes */
export function decodeKeySet(buffer: SecureBuffer): KeySet {
  const bytes = buffer.getBuffer();
  const count = bytes[HEAD_BYTES - 1] ?? 0;
  const isSound =
    bytes.length === HEAD_BYTES + count * ENTRY_BYTES &&
    count <= MAX_KEYS &&
    MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isSound) throw malformed();
  const keys: StoredKey[] = [];
  for (let i = 0; i < count; i++) {
    const entry = bytes.subarray(HEAD_BYTES + i * ENTRY_BYTES, HEAD_BYTES + (i + 1) * ENTRY_BYTES);
    const role = ROLES[entry[ID_BYTES]!];
    const state = STATES[entry[ID_BYTES + 1]!];
    const algorithm = ALGORITHMS[entry[ID_BYTES + 2]!];
    const keyId = `key_${toHex(entry.subarray(0, ID_BYTES))}`;
    const isKnown = role !== undefined && state !== undefined && algorithm !== undefined;
    if (!isKnown || keys.some((key) => key.keyId === keyId)) throw malformed();
    const createdAt = entry.readUIntBE(ID_BYTES + 3, TIME_BYTES);
    const secret = SecureBuffer.from(entry.subarray(ID_BYTES + 3 + TIME_BYTES));
    keys.push({ keyId, role, state, algorithm, createdAt, secret });
  }
  return keySet(new Uint8Array(bytes.subarray(MAGIC.length, HEAD_BYTES - 1)), keys);
}

function malformed() {
  return vaultError('VAULT_FORMAT', 'the sealed keys are not spelled as we spell them');
}
