import { z } from 'zod';
import {
  approval,
  blob,
  decision,
  digest,
  drops,
  hash256,
  ledgerFacts,
  limitsAfter,
  network,
  principal,
  signed,
  time,
  uuid,
  wallet,
  walletName,
  walletRef,
} from './parts.ts';

const given = { network: walletRef.shape.network, address: walletRef.shape.address };

const toSign = z.strictObject({
  ...given,
  principal,
  /** Unsigned. Sequence, LastLedgerSequence, Fee and NetworkID may be left open where `facts` are given. */
  blob,
  facts: ledgerFacts.nullable(),
  /** The agent's own words; screened, recorded, never trusted. */
  context: z.string().max(500).nullable(),
});

export const signOutcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('approved'), decision, signed }),
  z.strictObject({ status: z.literal('pending_approval'), decision, approval }),
  z.strictObject({ status: z.literal('rejected'), decision, suggestions: z.array(z.string()) }),
]);
export type SignOutcome = z.output<typeof signOutcome>;

export const policyOutcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('applied'),
    previous: z.strictObject({ id: z.string(), version: z.string(), hash: digest }),
    current: z.strictObject({ id: z.string(), version: z.string(), hash: digest }),
    changes: z.array(z.record(z.string(), z.unknown())),
    appliedAt: time,
  }),
  z.strictObject({
    status: z.literal('pending_approval'),
    previous: z.strictObject({ id: z.string(), version: z.string(), hash: digest }),
    proposed: z.strictObject({ id: z.string(), version: z.string(), hash: digest }),
    changes: z.array(z.record(z.string(), z.unknown())),
    approval,
  }),
]);

/** What an agent's side may ask. No password passes here, and no answer holds a key. */
export const AGENT_METHODS = {
  hello: {
    params: z.strictObject({ v: z.literal(1) }),
    result: z.strictObject({ v: z.literal(1), version: z.string(), networks: z.array(network) }),
  },
  'wallets.list': {
    params: z.strictObject({ network: network.nullable() }),
    result: z.strictObject({ wallets: z.array(wallet) }),
  },
  /** Decides and counts nothing: the code of `sign.request`. */
  'sign.check': { params: toSign, result: z.strictObject({ decision, blob: z.string() }) },
  /**
   * Decides, counts, signs. With `approvalId`: releases that request, if it is of this very transaction and ready.
   * @throws WALLET_NOT_FOUND, WALLET_LOCKED, MAINNET_NOT_ACKNOWLEDGED, SEQUENCE_IN_USE, APPROVAL_*, INVALID_TRANSACTION
   */
  'sign.request': { params: toSign.extend({ approvalId: uuid.nullable() }), result: signOutcome },
  /** Releases what is ready: tier 2 after its delay, tier 3 with its quorum. `facts` complete what was left open. */
  'approval.status': {
    params: z.strictObject({ approvalId: uuid, facts: ledgerFacts.nullable() }),
    result: z.strictObject({ approval }),
  },
  /** Whether this signer signed it. */
  'transaction.find': {
    params: z.strictObject({ hash: hash256 }),
    result: z.strictObject({
      transaction: z
        .strictObject({
          ...given,
          hash: hash256,
          type: z.string(),
          tier: z.int(),
          signedAt: time,
          entry: z.string(),
          context: z.string().nullable(),
        })
        .nullable(),
    }),
  },
  'limits.get': {
    params: walletRef,
    result: z.strictObject({
      left: limitsAfter,
      spentToday: drops,
      dailyVolume: drops,
      hourCount: z.int(),
      perHour: z.int(),
      dayCount: z.int(),
      perDay: z.int(),
    }),
  },
  'policy.get': {
    params: walletRef,
    result: z.strictObject({
      policy: z.record(z.string(), z.unknown()),
      id: z.string(),
      version: z.string(),
      hash: digest,
      history: z.array(z.record(z.string(), z.unknown())),
    }),
  },
  /** Tightening applies at once; loosening waits for a quorum, bound to both hashes (XR-WAL-6). */
  'policy.propose': {
    params: z.strictObject({
      ...given,
      principal,
      /** JSON text in any of the three formats, or an RFC 7396 patch of the policy in force. */
      policy: z.string().max(1_048_576),
      mode: z.enum(['merge', 'replace']),
      reason: z.string().min(10).max(500),
      approvalId: uuid.nullable(),
    }),
    result: policyOutcome,
  },
  /** Asks the operator for what needs a password: a wallet, an import, a rotation, the mainnet. */
  'operator.ask': {
    params: z.strictObject({
      kind: z.enum(['create', 'import', 'rotation', 'mainnet']),
      network,
      address: walletRef.shape.address.nullable(),
      principal,
      name: walletName.nullable(),
      /** Kind create: the policy text, or null for the network's preset. */
      policy: z.string().max(1_048_576).nullable(),
      reason: z.string().max(500).nullable(),
      force: z.boolean(),
    }),
    result: z.strictObject({ approval }),
  },
} as const;
export type AgentMethod = keyof typeof AGENT_METHODS;
