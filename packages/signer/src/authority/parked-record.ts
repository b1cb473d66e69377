import type { ApprovalReason, SignerSignature } from '@wardmesh/wallet';
import type { Network, Wish } from '../authority-ports.ts';
import type { Signed, SignerApproval } from '../protocol/parts.ts';

/** What a request of each kind is about, beside what its approval binds. */
export type ParkedSubject =
  | {
      readonly kind: 'sign';
      /** As the agent gave it. */
      readonly given: string;
      /** What is bound and signed: the same, or completed where the ledger's signers sign it. */
      readonly blob: string;
      readonly context: string | null;
      readonly native: NativeQuorum | null;
    }
  | {
      readonly kind: 'policy';
      /** Canonical JSON text of the policy that is to be. */
      readonly policy: string;
      readonly previous: string;
      readonly next: string;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'consent'; readonly rotationId: string }
  | { readonly kind: 'mainnet' }
  | {
      readonly kind: 'approvers';
      readonly act: 'add' | 'remove';
      readonly keyId: string;
      /** Hashes of the list in force, and of the one that is to be. */
      readonly previous: string;
      readonly next: string;
    };

/** A quorum of the ledger's own: who signs, what was collected, all over one blob. */
export interface NativeQuorum {
  readonly quorum: number;
  /** Signatures of people asked for by the policy, whatever the weights say. */
  readonly people: number;
  readonly signers: readonly { readonly address: string; readonly weight: number }[];
  /** Weight of the wallet's own signature, which the signer adds; 0 where the list does not have its key. */
  readonly ownWeight: number;
  readonly baseFee: string;
  readonly signatures: readonly SignerSignature[];
}

/** A request that waits, as the signer keeps it beside the approval's own row. Plain JSON. */
export interface ParkedRecord {
  readonly id: string;
  readonly kind: SignerApproval['kind'];
  readonly subject: ParkedSubject;
  readonly network: Network;
  readonly address: string | null;
  readonly principal: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly tier: 2 | 3;
  readonly reason: ApprovalReason | null;
  readonly releaseAt: number | null;
  /** Distinct approvers, or co-signers, that are needed. */
  readonly required: number;
  readonly explanation: readonly string[];
  /** Size of what it binds, canonical bytes. */
  readonly bytes: number;
  /** Signatures that did not verify. */
  readonly invalid: number;
  /** Why it was refused after all: by a person, by policy at release. */
  readonly denyReason: string | null;
  readonly signed: Signed | null;
  /** True where nothing can change it any more. */
  readonly closed: boolean;
}
