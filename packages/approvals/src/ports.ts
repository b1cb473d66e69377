import type { ApprovalRequest, ApprovalState } from './request.ts';

export interface ApproverKey {
  readonly keyId: string;
  /** Who holds it; two keys of one holder count once. */
  readonly by: string;
  /** Ed25519, 32 bytes; of a wallet only where its address is this key. It then counts once with the same key elsewhere. */
  readonly publicKey?: Uint8Array;
  /** CAIP-10 account whose key signs the message as its chain's wallets sign texts; absent for an Ed25519 key. */
  readonly account?: string;
  /** WebAuthn credential id, base64url, of a passkey that stands for the holder's wallet; absent for the other kinds. */
  readonly passkey?: string;
  readonly revoked?: boolean;
}

/** The directory of approvers' keys. Asked again at release, so a revocation takes effect at once. */
export interface ApproverKeys {
  find(keyId: string): Promise<ApproverKey | undefined> | ApproverKey | undefined;
}

/** Strict Ed25519 verification (RFC 8032, canonical encodings, no small-order keys). Never throws for bad input. */
export type Ed25519Verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** Whether the key of a CAIP-10 account signed a text. Never throws for bad input. */
export type WalletVerify = (account: string, text: string, signature: string) => boolean | Promise<boolean>;

/**
 * Whether a passkey answered with the SHA-256 of the message as the challenge. `first` when an answer is handed in: then
 * its counter must have risen, and is remembered; `again` at each later look. Never throws for bad input.
 * @param assertion JSON of the `PublicKeyCredential` (WebAuthn Level 3, AuthenticationResponseJSON)
 */
export type PasskeyVerify = (
  credentialId: string,
  message: Uint8Array,
  assertion: string,
  look: 'first' | 'again',
) => boolean | Promise<boolean>;

export interface ApprovalFilter {
  readonly state?: ApprovalState;
  /** Only those stored as pending or approved: what a decision can still change. */
  readonly open?: boolean;
  readonly principal?: string;
}

/** Durable home of the requests. Errors deny (XR-FAIL-1). */
export interface ApprovalStore {
  /** Durable when it resolves. @throws where the id is taken */
  insert(request: ApprovalRequest): Promise<void>;
  get(id: string): Promise<ApprovalRequest | undefined>;
  /** Newest first. */
  list(filter?: ApprovalFilter): Promise<readonly ApprovalRequest[]>;
  /**
   * Atomic compare-and-set over all processes: stores `next` where the stored revision is `next.revision - 1`, and says
   * whether it did. Durable when it resolves.
   */
  replace(next: ApprovalRequest): Promise<boolean>;
}
