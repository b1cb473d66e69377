import { HmacKey, hkdf, type SigningKey } from '@wardmesh/crypto';
import { auditError } from '../error.ts';

/** Keys of a log. `hmac` and `seal` are 32 random bytes each; the log derives one key per purpose from them. */
export interface AuditKeys {
  readonly hmac: Uint8Array;
  readonly seal: Uint8Array;
  readonly signing: SigningKey;
}

/** What reading needs; without `signing` a reader shows stored checkpoints only. */
export type AuditReadKeys = Pick<AuditKeys, 'hmac' | 'seal'> & { readonly signing?: SigningKey };

export interface LogKeys {
  readonly chain: HmacKey;
  readonly head: HmacKey;
  segment(first: number, salt: Uint8Array): Uint8Array;
}

export function logKeys(keys: AuditReadKeys): LogKeys {
  for (const key of [keys.hmac, keys.seal]) {
    if (!(key instanceof Uint8Array) || key.length !== 32) throw auditError('AUDIT_BAD_INPUT', 'a key has 32 bytes');
  }
  const seal = keys.seal.slice();
  return {
    chain: new HmacKey(keys.hmac),
    head: new HmacKey(hkdf(keys.hmac, 'audit/head')),
    segment: (first, salt) => hkdf(seal, `audit/segment/${first}`, 32, salt),
  };
}
