import { concatBytes, err, fromBase64, ok, type Result, toBase64, toHex, utf8 } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto/web';
import { fault, type VerifyFault } from '../fault.ts';
import { MAX_ORIGIN_LENGTH } from '../limits.ts';

/** Signature types of C2SP signed-note: a log's Ed25519, and a witness's timestamped Ed25519 (cosignature/v1). */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;

/** A key that signs notes. */
export interface NoteKey {
  readonly name: string;
  readonly type: typeof ED25519 | typeof COSIGNATURE_V1;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key). */
  readonly id: Uint8Array;
}

/** Whether a text can name a key or be an origin: no white space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.length <= MAX_ORIGIN_LENGTH && !/[\s+\u0000-\u001F\u007F\u0085]/u.test(name);
}

/** @throws TypeError for a name or key that cannot be one. */
export function noteKey(name: string, publicKey: Uint8Array, type: NoteKey['type'] = ED25519): NoteKey {
  if (!isKeyName(name)) throw new TypeError('a key name has no spaces and no plus sign');
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== 32) throw new TypeError('a public key has 32 bytes');
  const id = sha256(concatBytes(utf8(`${name}\n`), new Uint8Array([type]), publicKey)).slice(0, 4);
  return { name, type, publicKey: publicKey.slice(), id };
}

/** The verifier key `name+hex id+base64(type ‖ key)` (C2SP signed-note §Verifier keys). */
export function formatVkey(key: NoteKey): string {
  return `${key.name}+${toHex(key.id)}+${toBase64(concatBytes(new Uint8Array([key.type]), key.publicKey))}`;
}

/** The key of a vkey; refuses other types and an id that is not the key's. */
export function parseVkey(vkey: string): Result<NoteKey, VerifyFault> {
  const refused = err(fault('RECEIPT_KEY_MALFORMED', 'not the verifier key of an Ed25519 log or witness'));
  if (typeof vkey !== 'string') return refused;
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(vkey);
  if (match === null || !isKeyName(match[1]!)) return refused;
  try {
    const body = fromBase64(match[3]!);
    const type = body[0];
    if (body.length !== 33 || (type !== ED25519 && type !== COSIGNATURE_V1)) return refused;
    const key = noteKey(match[1]!, body.subarray(1), type);
    return toHex(key.id) === match[2] ? ok(key) : refused;
  } catch {
    return refused;
  }
}
