import { MAX_DROPS, MAX_LEDGERS_AHEAD } from '../limits.ts';
import type { Network, WalletPolicy } from './model.ts';

/** Memo patterns of policies/schema.json. */
export const DEFAULT_MEMO_PATTERNS = ['<<SYS>>', '\\[INST\\]', 'admin.*override', 'ignore.*previous', 'system.*prompt'];

/** Types that may be tier 1 (policies/schema.json, and PaymentChannelClaim of ADR-009). */
export const DEFAULT_AUTONOMOUS_TYPES = [
  'CheckCancel',
  'CheckCash',
  'EscrowCancel',
  'EscrowFinish',
  'NFTokenCancelOffer',
  'OfferCancel',
  'Payment',
  'PaymentChannelClaim',
];

/** NetworkID of each network; `local` is that of the test ledger, above 1,024 so that no transaction of its is valid elsewhere. */
export const NETWORK_IDS: Readonly<Record<Network, number>> = { mainnet: 0, testnet: 1, devnet: 2, local: 31_337 };

const xrp = (amount: number): bigint => BigInt(amount) * 1_000_000n;

interface Figures {
  readonly autonomous: readonly [most: number, day: number];
  readonly delayed: readonly [most: number, day: number];
  readonly delaySeconds: number;
  readonly veto: boolean;
  readonly quorum: number;
  readonly perHour: number;
  readonly perDay: number;
  readonly destinations: number;
  readonly volume: number;
  readonly newTier: 1 | 2 | 3;
  readonly learn: boolean;
  readonly unrated: 3 | 4;
  readonly uncounted: 2 | 3;
  readonly prohibited: readonly string[];
}

const FIGURES: Readonly<Record<Network, Figures>> = {
  mainnet: {
    autonomous: [100, 1_000],
    delayed: [1_000, 10_000],
    delaySeconds: 300,
    veto: true,
    quorum: 2,
    perHour: 50,
    perDay: 200,
    destinations: 20,
    volume: 5_000,
    newTier: 3,
    learn: false,
    unrated: 4,
    uncounted: 3,
    prohibited: ['AccountSet', 'Clawback', 'SetRegularKey', 'SignerListSet'],
  },
  testnet: {
    autonomous: [10_000, 100_000],
    delayed: [100_000, 1_000_000],
    delaySeconds: 60,
    veto: true,
    quorum: 1,
    perHour: 1_000,
    perDay: 10_000,
    destinations: 500,
    volume: 10_000_000,
    newTier: 1,
    learn: true,
    unrated: 3,
    uncounted: 2,
    prohibited: ['Clawback'],
  },
  devnet: {
    autonomous: [1_000_000, 10_000_000],
    delayed: [10_000_000, 100_000_000],
    delaySeconds: 10,
    veto: false,
    quorum: 1,
    perHour: 10_000,
    perDay: 100_000,
    destinations: 1_000,
    volume: 100_000_000,
    newTier: 1,
    learn: true,
    unrated: 3,
    uncounted: 2,
    prohibited: ['Clawback'],
  },
  // Small enough that a newcomer meets a limit, a veto window and a co-sign within a few payments.
  local: {
    autonomous: [100, 300],
    delayed: [1_000, 5_000],
    delaySeconds: 10,
    veto: true,
    quorum: 1,
    perHour: 1_000,
    perDay: 10_000,
    destinations: 500,
    volume: 50_000,
    newTier: 1,
    learn: true,
    unrated: 3,
    uncounted: 2,
    prohibited: ['Clawback'],
  },
};

/** The policy a wallet starts with on a network (D:api/network-config.md). */
export function presetPolicy(network: Network): WalletPolicy {
  const of = FIGURES[network];
  return {
    id: `${network}-default`,
    version: '1.0.0',
    description: `Default policy for ${network}`,
    network,
    enabled: true,
    ledger: { networkId: NETWORK_IDS[network], maxLedgersAhead: MAX_LEDGERS_AHEAD },
    amounts: { autonomousMax: xrp(of.autonomous[0]), delayedMax: xrp(of.delayed[0]), transactionMax: MAX_DROPS },
    tierVolumes: { autonomous: xrp(of.autonomous[1]), delayed: xrp(of.delayed[1]) },
    limits: {
      perHour: of.perHour,
      perDay: of.perDay,
      destinationsPerDay: of.destinations,
      volumePerDay: xrp(of.volume),
      dailyResetUtcHour: 0,
      cooldown: null,
    },
    fee: { max: 100_000n, reserveMax: 5_000_000n },
    types: {
      allowed: null,
      autonomous: DEFAULT_AUTONOMOUS_TYPES,
      cosign: [],
      prohibited: of.prohibited,
      tiers: {},
      maxAmounts: {},
    },
    destinations: {
      mode: 'blocklist',
      allow: [],
      block: [],
      blockedIssuers: [],
      newTier: of.newTier,
      learn: of.learn,
      trustedTags: [],
      exchanges: [],
    },
    memos: { patterns: DEFAULT_MEMO_PATTERNS },
    time: null,
    delayed: { seconds: of.delaySeconds, veto: of.veto, notify: true },
    cosign: { quorum: of.quorum, timeoutHours: 24, notify: true, signers: [] },
    values: { rates: {}, unrated: of.unrated, uncounted: of.uncounted },
    rules: [],
    notifications: { webhookUrl: null, notifyOn: ['tier2', 'tier3', 'rejection'] },
  };
}
