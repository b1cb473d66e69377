import type { z } from 'zod';
import type { AGENT_METHODS } from './protocol/agent.ts';
import type { OPERATOR_METHODS } from './protocol/operator.ts';
import type { LedgerFacts, network } from './protocol/parts.ts';

export type Network = z.output<typeof network>;

/** Public facts of the key that signs now. */
export interface SigningKeyFacts {
  readonly keyId: string;
  readonly algorithm: 'ed25519' | 'secp256k1';
  /** 66 upper-case hex digits. */
  readonly publicKey: string;
  /** The key's own address: the account's for a master key, another for a regular one. */
  readonly address: string;
}

/** What the authority sees of a wallet: nothing that opens or signs anything. */
export interface WalletView {
  readonly walletId: string;
  readonly network: Network;
  readonly name: string;
  readonly address: string;
  readonly status: 'active' | 'archived' | 'deleting';
  readonly unlocked: boolean;
  /** Whether the key that signs is in a provider: one that does not answer may have signed all the same. */
  readonly keyElsewhere?: boolean;
  /** Null where every key is pending, retired or revoked. */
  readonly signing: SigningKeyFacts | null;
  readonly kind: 'agent' | 'service';
  readonly purpose: string | null;
  readonly createdAt: number;
}

export interface KeySignature {
  readonly keyId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** The keys as the authority may use them: it names an account, never a password and never a key. */
export interface AuthorityKeys {
  /** All networks where null. Deleted wallets are not among them. */
  wallets(network: Network | null): readonly WalletView[];
  /** @throws WALLET_NOT_FOUND */
  wallet(network: Network, address: string): WalletView;
  /**
   * Signs with the active key. The authority has decided that it may be, counted it and recorded it.
   * @param message what the ledger hashes or signs, with its prefix
   * @throws WALLET_NOT_FOUND, WALLET_LOCKED, WALLET_ARCHIVED, WALLET_REVOKED, KEY_EXHAUSTED; WALLET_SIGNATURE_UNKNOWN
   *   where a provider was asked and did not answer: it may have signed
   */
  sign(network: Network, address: string, message: Uint8Array): KeySignature | Promise<KeySignature>;
}

type Methods = typeof OPERATOR_METHODS & typeof AGENT_METHODS;
export type Params<M extends keyof Methods> = z.output<Methods[M]['params']>;
export type Answer<M extends keyof Methods> = z.output<Methods[M]['result']>;

/** Methods of both sockets that the authority answers; the rest is about keys. Params were checked by their schema. */
export const AUTHORITY_METHODS = [
  'sign.check',
  'sign.request',
  'approval.status',
  'transaction.find',
  'limits.get',
  'policy.get',
  'policy.propose',
  'operator.ask',
  'approvals.list',
  'approvals.show',
  'approvals.approve',
  'approvals.deny',
  'approvals.cosign',
  'policy.set',
  'approvers.list',
  'approvers.propose',
  'clock.accept',
] as const;
export type AuthorityMethod = (typeof AUTHORITY_METHODS)[number];

export interface PolicyRef {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
}

/** An agent's wish that a person finishes with a password: kinds create, import, rotation. */
export interface Wish {
  readonly kind: 'create' | 'import' | 'rotation';
  readonly network: Network;
  readonly address: string | null;
  readonly name: string | null;
  readonly policy: string | null;
}

/** What the process asks of the authority. `Authority` implements it. */
export interface AuthorityService {
  /** Answers one method of {@link AUTHORITY_METHODS}. @throws CodedError */
  answer<M extends AuthorityMethod>(method: M, params: Params<M>): Promise<Answer<M>>;
  /** Checks a policy's text (any format; null is the network's preset) before any key is made. @throws CodedError */
  assertPolicy(network: Network, policy: string | null): void;
  /** The wallet's first policy. Done twice for one wallet id, it is done once. Nothing is signed for a wallet without one. */
  adopt(wallet: WalletView, policy: string | null): Promise<PolicyRef>;
  /** Undefined before {@link adopt}. */
  policyOf(network: Network, address: string): PolicyRef | undefined;
  /** Requests that wait, all kinds. */
  pending(): number;
  /** The open wish of this id. @throws APPROVAL_NOT_FOUND, APPROVAL_* */
  wish(approvalId: string): Promise<Wish>;
  /** Closes a wish that was done. Done twice, it is done once. */
  fulfil(approvalId: string, address: string): Promise<void>;
  /** Asks for the strictest tier's consent to a rotation; once per rotation id, a repeat answers with the same id. */
  requestRotation(request: {
    readonly rotationId: string;
    readonly network: Network;
    readonly address: string;
    readonly reason: string;
    readonly newKey: { readonly publicKey: string; readonly address: string };
    /** An agent's wish that this rotation answers. */
    readonly approvalId: string | null;
  }): Promise<string>;
  rotationStatus(approvalId: string): Promise<'pending' | 'granted' | 'denied' | 'expired'>;
  /** Records an act of the operator in the signer's own log, durably; with `transaction` for what it signed. No secret in it. */
  record(event: {
    readonly type: string;
    readonly network: Network;
    readonly address: string | null;
    readonly details: Readonly<Record<string, string | number | boolean | null>>;
  }): Promise<void>;
  /**
   * A free Sequence for a transaction of the signer's own, counted before it is signed; the same act again gets the same
   * while the ledger may still take it. @throws POLICY_MISSING, NETWORK_MISMATCH
   */
  takeSequence(take: {
    readonly network: Network;
    readonly address: string;
    readonly act: 'set_regular_key' | 'disable_master';
    readonly facts: LedgerFacts;
    readonly ledgersAhead: number;
  }): Promise<{ readonly sequence: number; readonly lastLedgerSequence: number }>;
  /** For a timer: releases what is ready and needs no facts, forgets what is long over. Never throws. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}
