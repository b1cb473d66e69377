import type { ApproverKey, ApproverKeys } from '@wardmesh/approvals';
import { fromBase64, fromUtf8, isJsonObject } from '@wardmesh/core';
import { fromBase58 } from '@wardmesh/identity';
import { readFileSecure } from '@wardmesh/store';
import type { PersonPasskeys } from '../people/passkeys.ts';
import type { People } from '../people/people.ts';

/**
 * The public keys of those who may approve, from `operator/approvers.json`:
 * `{"approvers": [{"keyId", "by", "publicKey": base64, "revoked"?}]}`. Read at every question, so that a revocation is in
 * force at once; a file that is missing or malformed names nobody.
 */
export class ApproverFile implements ApproverKeys {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async find(keyId: string): Promise<ApproverKey | undefined> {
    return (await this.list()).find((key) => key.keyId === keyId);
  }

  async list(): Promise<readonly ApproverKey[]> {
    let parsed: unknown;
    try {
      parsed = JSON.parse(fromUtf8(await readFileSecure(this.#path)));
    } catch (error) {
      if ((error as { code?: string }).code === 'STORE_FILE_MISSING') return [];
      throw error;
    }
    const listed = isJsonObject(parsed) ? parsed.approvers : parsed;
    if (!Array.isArray(listed)) return [];
    return listed.flatMap((item) => {
      if (!isJsonObject(item) || typeof item.keyId !== 'string' || typeof item.by !== 'string') return [];
      if (typeof item.publicKey !== 'string') return [];
      return [
        { keyId: item.keyId, by: item.by, publicKey: fromBase64(item.publicKey), revoked: item.revoked === true },
      ];
    });
  }
}

const PASSKEY = /^passkey:(.+)$/;

/** Those of the file, and everybody whose role decides approvals: with the wallet they sign in with, and its passkeys. */
export function approverKeys(file: ApproverFile, people: People, passkeys: PersonPasskeys): ApproverKeys {
  return {
    async find(keyId) {
      const listed = await file.find(keyId);
      if (listed !== undefined) return listed;
      // By what is granted now: a revoked role approves nothing, and what it had signed no longer counts.
      const passkey = PASSKEY.exec(keyId)?.[1];
      const by = passkey === undefined ? keyId : await passkeys.accountOf(passkey);
      if (by === undefined || !people.rightsOf(by).any.has('approval:decide')) return undefined;
      const publicKey = solanaKey(by);
      return {
        keyId,
        by,
        ...(passkey === undefined ? { account: by } : { passkey }),
        ...(publicKey !== undefined && { publicKey }),
      };
    },
  };
}

/** A Solana address is an Ed25519 key: whoever is in the file with it too is one approver, not two. */
function solanaKey(account: string): Uint8Array | undefined {
  if (!account.startsWith('solana:')) return undefined;
  return fromBase58(account.slice(account.lastIndexOf(':') + 1), 32);
}
