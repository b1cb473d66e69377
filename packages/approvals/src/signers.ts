import { fromBase64, fromUtf8, toHex } from '@wardmesh/core';
import { ApprovalError } from './error.ts';
import { holderName, mayBeOne } from './holder.ts';
import { type ApprovalDecision, approvalMessage } from './message.ts';
import type { ApproverKey, ApproverKeys, Ed25519Verify, WalletVerify } from './ports.ts';
import type { ApprovalRequest, ApprovalSignature } from './request.ts';

/** What a person hands in. */
export interface SignatureInput {
  readonly keyId: string;
  /**
   * Over {@link approvalMessage}. Of an Ed25519 key: canonical standard base64 of 64 bytes. Of a wallet: as its chain
   * writes signatures of texts.
   */
  readonly signature: string;
}

/** Decides whether a signature counts for a request, now. */
export class Signers {
  readonly #keys: ApproverKeys;
  readonly #verify: Ed25519Verify;
  readonly #walletVerify: WalletVerify;

  /** @param walletVerify without it no wallet's signature counts. */
  constructor(keys: ApproverKeys, verify: Ed25519Verify, walletVerify: WalletVerify = () => false) {
    this.#keys = keys;
    this.#verify = verify;
    this.#walletVerify = walletVerify;
  }

  /**
   * The key behind a signature that counts.
   * @throws ApprovalError APPROVAL_KEY_UNKNOWN, _KEY_REVOKED, _SELF, _NOT_ELIGIBLE, _SIGNATURE_NOT_GENUINE, _STORE_FAILED
   */
  async assertSigner(
    request: ApprovalRequest,
    decision: ApprovalDecision,
    input: SignatureInput,
  ): Promise<ApproverKey> {
    const key = await this.#find(input.keyId);
    if (key === undefined) throw new ApprovalError('APPROVAL_KEY_UNKNOWN', 'no approver has this key');
    if (key.revoked === true) throw new ApprovalError('APPROVAL_KEY_REVOKED', 'the approver’s key is revoked');
    const { principal } = request.binding;
    if (mayBeOne(key.by, principal) || (key.account !== undefined && mayBeOne(key.account, principal))) {
      throw new ApprovalError('APPROVAL_SELF', 'a principal cannot decide on its own request');
    }
    if (request.eligible !== undefined && !request.eligible.includes(key.by)) {
      throw new ApprovalError('APPROVAL_NOT_ELIGIBLE', 'the signer is not among the approvers of this request');
    }
    if (!(await this.#isGenuine(key, approvalMessage(decision, request.over), input.signature))) {
      throw new ApprovalError('APPROVAL_SIGNATURE_NOT_GENUINE', 'the signature does not verify over this request');
    }
    return key;
  }

  /** Names of the distinct signers whose approvals count now: no holder and no public key counts twice. */
  async counted(request: ApprovalRequest): Promise<readonly string[]> {
    const holders = new Map<string, string>();
    const keys = new Set<string>();
    for (const signature of request.signatures) {
      const key = await this.#stillCounts(request, signature);
      if (key === undefined || holders.has(holderName(key.by)) || keys.has(nameOf(key))) continue;
      holders.set(holderName(key.by), key.by);
      keys.add(nameOf(key));
    }
    return [...holders.values()];
  }

  async #stillCounts(request: ApprovalRequest, signature: ApprovalSignature): Promise<ApproverKey | undefined> {
    try {
      const key = await this.assertSigner(request, 'approve', signature);
      // A key that changed hands since: the name in the record would be wrong.
      return key.by === signature.by ? key : undefined;
    } catch (error) {
      if (error instanceof ApprovalError && error.code !== 'APPROVAL_STORE_FAILED') return undefined;
      throw error;
    }
  }

  async #find(keyId: string): Promise<ApproverKey | undefined> {
    try {
      return await this.#keys.find(keyId);
    } catch (cause) {
      throw new ApprovalError('APPROVAL_STORE_FAILED', 'the directory of approvers cannot be read', { cause });
    }
  }

  async #isGenuine(key: ApproverKey, message: Uint8Array, encoded: string): Promise<boolean> {
    try {
      if (key.account !== undefined)
        return (await this.#walletVerify(key.account, fromUtf8(message), encoded)) === true;
      const signature = fromBase64(encoded);
      if (signature.length !== 64 || key.publicKey?.length !== 32) return false;
      return (await this.#verify(key.publicKey, message, signature)) === true;
    } catch {
      return false;
    }
  }
}

/** What a key is, whatever it is called, and on whichever chain it signs in. */
function nameOf({ account, publicKey }: ApproverKey): string {
  return publicKey !== undefined || account === undefined ? toHex(publicKey ?? new Uint8Array()) : holderName(account);
}
