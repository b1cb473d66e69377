import { z } from 'zod';

/** Parts of the messages that pass the signer's sockets. Amounts are decimal strings of drops; times Unix ms; keys and bytes upper-case hex. */
export const network = z.enum(['mainnet', 'testnet', 'devnet', 'local']);
export const address = z.string().regex(/^r[1-9A-HJ-NP-Za-km-z]{24,34}$/);
export const drops = z.string().regex(/^(0|[1-9]\d{0,18})$/);
export const hexBytes = z.string().regex(/^(?:[0-9A-F]{2})+$/);
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const hash256 = z.string().regex(/^[0-9A-F]{64}$/);
export const uuid = z.uuid();
export const time = z.int().min(0);
export const uint32 = z.int().min(0).max(0xffff_ffff);
/** 1–64 characters that can be seen; names are compared as they are. */
export const walletName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u);
/** An unsigned or signed transaction, any case. */
export const blob = z.string().min(20).max(1_000_000);
/** Who asks: an agent's id as the gateway knows it. */
export const principal = z.string().min(1).max(128);

/** A wallet is named by its account on a network. */
export const walletRef = z.strictObject({ network, address });

export const keyInfo = z.strictObject({
  keyId: z.string(),
  role: z.enum(['master', 'regular']),
  state: z.string(),
  algorithm: z.enum(['ed25519', 'secp256k1']),
  publicKey: hexBytes,
  address,
  createdAt: time,
});

/** What a key provider truly protects, in one sentence, and where the key is. */
export const protection = z.strictObject({
  kind: z.string(),
  atRest: z.string(),
  inUse: z.string(),
  statement: z.string(),
});

export const wallet = z.strictObject({
  walletId: z.string(),
  network,
  name: z.string(),
  address,
  status: z.enum(['active', 'archived', 'deleting']),
  unlocked: z.boolean(),
  keys: z.array(keyInfo),
  policy: z.strictObject({ id: z.string(), version: z.string(), hash: digest }),
  /** `agent`: asked for by agents. `service`: a server wallet of one purpose (CM-KEY-2), its purpose in `purpose`. */
  kind: z.enum(['agent', 'service']),
  purpose: z.string().nullable(),
  protection,
  createdAt: time,
  modifiedAt: time,
  backup: z.strictObject({ checksum: z.string(), createdAt: time, keyIds: z.array(z.string()) }).nullable(),
});
export type Wallet = z.output<typeof wallet>;

/**
 * What the asker knows of the ledger. The signer has no network and does not trust it: wrong facts give transactions
 * that no ledger takes, never one that was not decided.
 */
export const ledgerFacts = z.strictObject({
  /** Index of the last validated ledger. */
  ledgerIndex: uint32,
  /** Account's Sequence in the last validated ledger. */
  accountSequence: uint32,
  baseFee: drops,
  /** Fee to use where the transaction has none, drops. */
  fee: drops,
  networkId: uint32,
  signerList: z
    .strictObject({
      quorum: uint32,
      signers: z.array(z.strictObject({ address, weight: z.int().min(1).max(65_535) })).max(32),
    })
    .nullable(),
});
export type LedgerFacts = z.output<typeof ledgerFacts>;

export const finding = z.strictObject({
  tier: z.int().min(2).max(4),
  code: z.string(),
  message: z.string(),
  limit: z.string().nullable(),
  actual: z.string().nullable(),
  retryAt: time.nullable(),
});

export const limitsAfter = z.strictObject({
  autonomousRemaining: drops,
  dailyRemaining: drops,
  hourlyTransactionsRemaining: z.int(),
  dailyTransactionsRemaining: z.int(),
  destinationsRemaining: z.int(),
  hourlyResetAt: time,
  dailyResetAt: time,
});

/** The wallet package's Decision as JSON. */
export const decision = z.strictObject({
  tier: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  reasons: z.array(z.string()),
  findings: z.array(finding),
  violations: z.array(finding),
  matchedRule: z.strictObject({ id: z.string(), name: z.string(), priority: z.int() }).nullable(),
  spend: drops,
  delaySeconds: z.int().nullable(),
  quorum: z.int().nullable(),
  limitsAfter,
  retryAt: time.nullable(),
  explanation: z.array(z.string()),
  policyHash: digest,
  digest,
});
export type DecisionJson = z.output<typeof decision>;

/** A signed transaction. It left the signer only after it was counted and recorded. */
export const signed = z.strictObject({
  signedTx: hexBytes,
  hash: hash256,
  lastLedgerSequence: uint32,
  signedAt: time,
  /** Id of the entry in the signer's own log. */
  entry: z.string(),
});
export type Signed = z.output<typeof signed>;

export const approvalKind = z.enum(['sign', 'policy', 'rotation', 'create', 'import', 'mainnet', 'approvers']);
export const approvalStatus = z.enum([
  /** Tier 2: nobody need act; it is signed when `releaseAt` has passed without a veto. */
  'waiting',
  /** Tier 3: signatures are missing. */
  'pending',
  /** May be released now by asking again. */
  'ready',
  'released',
  'denied',
  'expired',
]);

/** A request that waits inside the signer, as anybody who knows its id sees it. */
export const approval = z.strictObject({
  approvalId: uuid,
  kind: approvalKind,
  status: approvalStatus,
  network,
  address: address.nullable(),
  principal,
  /** Published reason of a parked transaction; null for the other kinds. */
  reason: z
    .enum([
      'exceeds_autonomous_limit',
      'new_destination',
      'restricted_tx_type',
      'outside_active_hours',
      'requires_cosign',
    ])
    .nullable(),
  tier: z.union([z.literal(2), z.literal(3)]),
  /** Tier 2: from when it is signed. Null in tier 3. */
  releaseAt: time.nullable(),
  expiresAt: time,
  quorum: z.strictObject({ collected: z.int(), required: z.int() }),
  /** Accounts whose signatures the ledger will ask for; empty where approvers sign the request hash. */
  requiredSigners: z.array(address),
  /** Lines for people: what it does, and why it waits. */
  explanation: z.array(z.string()),
  denyReason: z.string().nullable(),
  /** Kind `sign`, once released. */
  signed: signed.nullable(),
});
export type SignerApproval = z.output<typeof approval>;
