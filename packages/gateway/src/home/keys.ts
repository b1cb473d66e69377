import { CodedError, fromBase64, fromUtf8, type Random, toBase64, utf8 } from '@wardmesh/core';
import { hkdf, type SigningKey, signingKeyFromSeed } from '@wardmesh/crypto';
import { readFileSecure, writeFileSecure } from '@wardmesh/store';

export type HomeKeyErrorCode = 'HOME_KEY_MISSING' | 'HOME_KEY_INVALID';

/** The keys of a home, each for one purpose, all derived from its master key (HKDF-SHA-256, RFC 5869). */
export interface HomeKeys {
  /** Chains the audit log (operator's tamper evidence). */
  readonly auditHmac: Uint8Array;
  /** Seals the audit log at rest. */
  readonly auditSeal: Uint8Array;
  /** Signs the log's checkpoints. */
  readonly auditSigning: SigningKey;
  /** Seals and authenticates the state database. */
  readonly state: Uint8Array;
  /** Seals request states that clients carry. */
  readonly requestState: Uint8Array;
  /** Seals sign-in challenges. */
  readonly signIn: Uint8Array;
  /** Seals the challenges of passkeys, and hides whose they are in the keys of documents. */
  readonly passkeys: Uint8Array;
  /** Seals off-site backups of the log. */
  readonly backup: Uint8Array;
}

export function deriveHomeKeys(master: Uint8Array): HomeKeys {
  return {
    auditHmac: hkdf(master, 'audit-hmac'),
    auditSeal: hkdf(master, 'audit-seal'),
    auditSigning: signingKeyFromSeed(hkdf(master, 'audit-signing')),
    state: hkdf(master, 'state'),
    requestState: hkdf(master, 'request-state'),
    signIn: hkdf(master, 'sign-in'),
    passkeys: hkdf(master, 'passkeys'),
    backup: hkdf(master, 'backup'),
  };
}

/** Makes the master key where there is none: 32 bytes, base64, mode 0600. @returns whether it was made */
export async function ensureMasterKey(path: string, random: Random): Promise<boolean> {
  try {
    await readFileSecure(path);
    return false;
  } catch (error) {
    if ((error as { code?: string }).code !== 'STORE_FILE_MISSING') throw error;
  }
  await writeFileSecure(path, utf8(`${toBase64(random.bytes(32))}\n`));
  return true;
}

/** @throws CodedError HOME_KEY_MISSING, HOME_KEY_INVALID, STORE_FILE_TOO_OPEN */
export async function readMasterKey(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileSecure(path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'STORE_FILE_MISSING') throw error;
    throw new CodedError(
      'HOME_KEY_MISSING',
      `${path} is missing; without it this home's log and state cannot be opened.`,
      {
        hint: 'Restore it from your backup, or make a new home: ward init --home DIR.',
      },
    );
  }
  try {
    const key = fromBase64(fromUtf8(bytes).trim());
    if (key.length === 32) return key;
  } catch {
    // Said below.
  }
  throw new CodedError('HOME_KEY_INVALID', `${path} does not hold a key.`);
}
