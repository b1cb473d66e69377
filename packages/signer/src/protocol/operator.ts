import { z } from 'zod';
import { AGENT_METHODS, policyOutcome } from './agent.ts';
import {
  address,
  approval,
  blob,
  drops,
  hash256,
  hexBytes,
  ledgerFacts,
  network,
  time,
  uint32,
  uuid,
  wallet,
  walletName,
  walletRef,
} from './parts.ts';

const empty = z.strictObject({});
const ofWallet = { network: walletRef.shape.network, address: walletRef.shape.address };
/** Of an operator's Ed25519 key, or of a wallet: then `keyId` is its CAIP-10 account, and the form is its chain's. */
const signature = z.strictObject({ keyId: z.string().max(200), signature: z.string().max(1_024) });
const candidate = z.strictObject({
  address,
  algorithm: z.enum(['ed25519', 'secp256k1']),
  family: z.string(),
  note: z.string().nullable(),
});
const importOptions = {
  /** BIP-44 path and passphrase have no place here: the vault's defaults are shown by `secret.inspect`. */
  algorithm: z.enum(['ed25519', 'secp256k1']).nullable(),
};
/** The request as approvals keeps it: what a person sees, checks and signs. */
const fullApproval = z.strictObject({ approval, request: z.record(z.string(), z.unknown()) });

/**
 * What the operator's command may ask, on a socket of its own that no sandbox is given. Secrets are attachments of the
 * frame, in the order that the comment names; they never stand in JSON. All of `AGENT_METHODS` are answered here too.
 */
export const OPERATOR_METHODS = {
  ...AGENT_METHODS,
  status: {
    params: empty,
    result: z.strictObject({
      version: z.string(),
      startedAt: time,
      pid: z.int(),
      /** What contains this process, in words. */
      sandbox: z.string(),
      secureHeap: z.strictObject({ total: z.int(), used: z.int() }),
      coreDumps: z.literal('off').or(z.literal('on')),
      networks: z.array(network),
      wallets: z.int(),
      unlocked: z.int(),
      pending: z.int(),
      keys: z.array(
        z.strictObject({
          ...ofWallet,
          keyId: z.string(),
          role: z.string(),
          state: z.string(),
          /** Name of the provider that has it; null for the vault. */
          provider: z.string().nullable(),
          signatures: z.int(),
          maxSignatures: z.int(),
          createdAt: time,
          /** When the schedule asks for a rotation (CM-KMS-2). */
          rotateBy: time,
          due: z.boolean(),
        }),
      ),
      /** Providers of keys that are configured; `statement` is what one said of itself when it last made a wallet's key. */
      providers: z.array(z.strictObject({ name: z.string(), kind: z.string(), statement: z.string().nullable() })),
    }),
  },
  /**
   * Secrets: password, and the PIN where `provider` is a token. `policy`: text of any format; null takes the network's
   * preset. `approvalId`: an agent's wish. `provider`: where its regular keys will be; null is the vault.
   */
  'wallet.create': {
    params: z.strictObject({
      network,
      name: walletName,
      algorithm: z.enum(['ed25519', 'secp256k1']).nullable(),
      policy: z.string().max(1_048_576).nullable(),
      kind: z.enum(['agent', 'service']),
      purpose: z.string().max(200).nullable(),
      approvalId: uuid.nullable(),
      provider: z.string().max(32).nullable().default(null),
    }),
    result: z.strictObject({ wallet }),
  },
  /** Secrets: secret. Stores nothing: shows which addresses the secret has. */
  'secret.inspect': {
    params: z.strictObject(importOptions),
    result: z.strictObject({ candidates: z.array(candidate) }),
  },
  /** Secrets: password, secret. */
  'wallet.import': {
    params: z.strictObject({
      network,
      name: walletName,
      ...importOptions,
      confirmedAddress: address,
      regularKeyOf: address.nullable(),
      policy: z.string().max(1_048_576).nullable(),
      approvalId: uuid.nullable(),
    }),
    result: z.strictObject({ wallet }),
  },
  /** Secrets: password; once the key of a provider signs, its PIN, or none where it takes none. */
  'wallet.unlock': { params: walletRef, result: z.strictObject({ wallet }) },
  'wallet.lock': { params: z.strictObject({ network, address: address.nullable() }), result: empty },
  /** Secrets: current password, next password. */
  'wallet.password': { params: walletRef, result: z.strictObject({ wallet }) },
  /** Secrets: password, backup password. The answer's attachment is the backup, sealed and tested. */
  'wallet.backup': {
    params: walletRef,
    result: z.strictObject({ checksum: z.string(), createdAt: time, bytes: z.int() }),
  },
  /** Secrets: backup file, backup password, new password. */
  'wallet.restore': {
    params: z.strictObject({
      network,
      name: walletName,
      confirmedAddress: address,
      policy: z.string().max(1_048_576).nullable(),
    }),
    result: z.strictObject({ wallet }),
  },
  /** Secrets: password, backup password, backup file; the PIN where the provider has not made its key yet. Regular key on chain, master disabled, master forgotten; goes on where it stopped. */
  'wallet.secure': { params: walletRef, result: z.strictObject({ wallet, steps: z.array(z.string()) }) },
  /** Secrets: password, backup password; of a wallet in a provider, the PIN alone, or none. The journalled rotation; goes on where it stopped. */
  'wallet.rotate': {
    params: z.strictObject({
      ...ofWallet,
      reason: z.enum([
        'scheduled',
        'personnel_change',
        'suspected_compromise',
        'security_upgrade',
        'incident_response',
        'compliance',
        'other',
      ]),
      description: z.string().max(500).nullable(),
      createBackup: z.boolean(),
      force: z.boolean(),
      approvalId: uuid.nullable(),
    }),
    result: z.strictObject({
      status: z.enum(['rotated', 'pending_approval', 'waiting', 'rolled_back', 'failed']),
      step: z.string(),
      approval: approval.nullable(),
      newPublicKey: hexBytes.nullable(),
      transactionHash: hash256.nullable(),
      rotatedAt: time.nullable(),
    }),
  },
  'wallet.archive': { params: walletRef, result: z.strictObject({ wallet }) },
  /** Secrets: password. */
  'wallet.unarchive': { params: walletRef, result: z.strictObject({ wallet }) },
  /** Secrets: password. */
  'wallet.delete': { params: z.strictObject({ ...ofWallet, withoutBackup: z.boolean() }), result: empty },
  'approvals.list': {
    params: z.strictObject({ open: z.boolean() }),
    result: z.strictObject({ approvals: z.array(fullApproval) }),
  },
  'approvals.show': { params: z.strictObject({ approvalId: uuid }), result: fullApproval },
  'approvals.approve': { params: z.strictObject({ approvalId: uuid, ...signature.shape }), result: fullApproval },
  /** Tier 2: the veto. */
  'approvals.deny': {
    params: z.strictObject({ approvalId: uuid, ...signature.shape, reason: z.string().max(500) }),
    result: fullApproval,
  },
  /** A co-signature of the ledger: the multisigned blob that a signer of the account's list made. */
  'approvals.cosign': { params: z.strictObject({ approvalId: uuid, blob }), result: fullApproval },
  'policy.set': {
    params: AGENT_METHODS['policy.propose'].params.omit({ principal: true }),
    result: policyOutcome,
  },
  'approvers.list': {
    params: empty,
    result: z.strictObject({
      approvers: z.array(
        z.strictObject({
          keyId: z.string(),
          by: z.string(),
          /** Ed25519, base64; null for a wallet. */
          publicKey: z.string().nullable(),
          /** CAIP-10; null for an Ed25519 key. */
          account: z.string().nullable(),
        }),
      ),
      /** People that must sign a change of this list. */
      quorum: z.int(),
    }),
  },
  /**
   * Asks those who may approve for another of their number, or for one less. `keyId` of one to add is the CAIP-10
   * account of a wallet; of one to remove, the key's id.
   * @throws APPROVER_INVALID, APPROVER_KNOWN, APPROVER_UNKNOWN, APPROVERS_TOO_FEW
   */
  'approvers.propose': {
    params: z.strictObject({
      act: z.enum(['add', 'remove']),
      keyId: z.string().min(1).max(200),
      reason: z.string().min(1).max(500),
    }),
    result: z.strictObject({ approval }),
  },
  /** Ends use of every key of a wallet at once (CM-KMS-2): it is locked, archived, and nothing signs with it again. */
  'wallet.revoke': {
    params: z.strictObject({ ...ofWallet, reason: z.string().min(1).max(500) }),
    result: z.strictObject({ wallet }),
  },
  /** The operator's word that the clock is right after it had run ahead. */
  'clock.accept': { params: walletRef, result: empty },
} as const;
export type OperatorMethod = keyof typeof OPERATOR_METHODS;

/** What the signer asks back while `wallet.secure` and `wallet.rotate` run: it has no network itself. */
export const LEDGER_METHODS = {
  'ledger.facts': {
    params: walletRef,
    result: z.strictObject({
      facts: ledgerFacts,
      balance: drops,
      regularKey: address.nullable(),
      masterDisabled: z.boolean(),
    }),
  },
  /** Sends these bytes; again where they were sent before. */
  'ledger.submit': { params: z.strictObject({ network, blob }), result: empty },
  /** Of validated ledgers only. */
  'ledger.outcome': {
    params: z.strictObject({ network, blob, hash: hash256, lastLedgerSequence: uint32 }),
    result: z.strictObject({
      outcome: z.enum(['pending', 'validated', 'failed', 'expired']),
      code: z.string().nullable(),
    }),
  },
} as const;
export type LedgerMethod = keyof typeof LEDGER_METHODS;
