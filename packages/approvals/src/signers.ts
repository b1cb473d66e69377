import { fromBase64, fromUtf8, toHex } from '@wardmesh/core';
import { ApprovalError } from './error.ts';
import { holderName, mayBeOne } from './holder.ts';
import { type ApprovalDecision, approvalMessage } from './message.ts';
import type { ApproverKey, ApproverKeys, Ed25519Verify, PasskeyVerify, WalletVerify } from './ports.ts';
import type { ApprovalRequest, ApprovalSignature } from './request.ts';

/** What a person hands in. */
export interface SignatureInput {
  readonly keyId: string;
  /**
   * Over {@link approvalMessage}. Of an Ed25519 key: canonical standard base64 of 64 bytes. Of a wallet: as its chain
   * writes signatures of texts. Of a passkey: the JSON of its assertion.
   */
  readonly signature: string;
}

/** Decides whether a signature counts for a request, now. */
export class Signers {
  readonly #keys: ApproverKeys;
  readonly #verify: Ed25519Verify;
  readonly #walletVerify: WalletVerify;
  readonly #passkeyVerify: PasskeyVerify;

  /** Without `walletVerify` no wallet's signature counts, without `passkeyVerify` no passkey's. */
  constructor(
    keys: ApproverKeys,
    verify: Ed25519Verify,
    walletVerify: WalletVerify = () => false,
    passkeyVerify: PasskeyVerify = () => false,
  ) {
    this.#keys = keys;
    this.#verify = verify;
    this.#walletVerify = walletVerify;
    this.#passkeyVerify = passkeyVerify;
  }

  /**
   * The key behind a signature that counts.
   * @param look `first` where the signature is handed in now
   * @throws ApprovalError APPROVAL_KEY_UNKNOWN, _KEY_REVOKED, _SELF, _NOT_ELIGIBLE, _SIGNATURE_NOT_GENUINE, _STORE_FAILED
   */
  async assertSigner(
    request: ApprovalRequest,
    decision: ApprovalDecision,
    input: SignatureInput,
    look: 'first' | 'again',
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
    if (!(await this.#isGenuine(key, approvalMessage(decision, request.over), input.signature, look))) {
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
      const key = await this.assertSigner(request, 'approve', signature, 'again');
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

  async #isGenuine(key: ApproverKey, message: Uint8Array, encoded: string, look: 'first' | 'again'): Promise<boolean> {
    try {
      if (key.passkey !== undefined) return (await this.#passkeyVerify(key.passkey, message, encoded, look)) === true;
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
function nameOf({ account, passkey, publicKey }: ApproverKey): string {
  if (passkey !== undefined && publicKey === undefined) return `passkey:${passkey}`;
  return publicKey !== undefined || account === undefined ? toHex(publicKey ?? new Uint8Array()) : holderName(account);
}
