import type { Address } from '../xrpl/address.ts';
import type { Tier } from '../xrpl/transaction-types.ts';
import type { Rule } from './rule.ts';

export type Network = 'mainnet' | 'testnet' | 'devnet' | 'local';
export const NETWORKS = ['mainnet', 'testnet', 'devnet', 'local'] as const;

/**
 * The one policy that decides. Both published formats load into it. Every amount is in drops; every list is sorted and
 * without repeats, so that one meaning has one hash.
 */
export interface WalletPolicy {
  /** Never changes over a policy's life. */
  readonly id: string;
  /** Semantic version; see {@link requiredBump}. */
  readonly version: string;
  readonly description: string;
  readonly network: Network;
  /** False refuses everything. */
  readonly enabled: boolean;
  readonly ledger: {
    /** NetworkID of the network; above 1,024 every transaction must name it. */
    readonly networkId: number;
    /** Furthest LastLedgerSequence ahead of the ledger. */
    readonly maxLedgersAhead: number;
  };
  readonly amounts: {
    /** Largest spend of one transaction in tier 1. */
    readonly autonomousMax: bigint;
    /** Largest in tier 2. Above it: tier 3. */
    readonly delayedMax: bigint;
    /** Largest at all. Above it: tier 4. */
    readonly transactionMax: bigint;
  };
  /** Most that a day may spend in tier 1, and in tiers 1 and 2 together. Above: the next tier. */
  readonly tierVolumes: { readonly autonomous: bigint; readonly delayed: bigint };
  readonly limits: {
    /** Transactions in any 60 minutes. */
    readonly perHour: number;
    readonly perDay: number;
    readonly destinationsPerDay: number;
    readonly volumePerDay: bigint;
    /** Hour of UTC at which a day begins. */
    readonly dailyResetUtcHour: number;
    /** After a spend of `threshold` or more, nothing for `seconds`; null: no cooldown. */
    readonly cooldown: { readonly threshold: bigint; readonly seconds: number } | null;
  };
  readonly fee: {
    /** Largest Fee, drops. */
    readonly max: bigint;
    /** Largest Fee of the types that burn an owner reserve (AccountDelete, AMMCreate…), drops. */
    readonly reserveMax: bigint;
  };
  readonly types: {
    /** The only types allowed; null: all that the table knows. */
    readonly allowed: readonly string[] | null;
    /** Types that may be tier 1. */
    readonly autonomous: readonly string[];
    /** Types that need tier 3. */
    readonly cosign: readonly string[];
    readonly prohibited: readonly string[];
    /** Tier of single types, over the table's; governance keeps its own where that is higher. */
    readonly tiers: Readonly<Record<string, Tier>>;
    /** Largest spend of single types. Above: tier 4. */
    readonly maxAmounts: Readonly<Record<string, bigint>>;
  };
  readonly destinations: {
    /** `allowlist`: only listed destinations are known. `blocklist`, `open`: paid ones may be known too, where `learn` says so. */
    readonly mode: 'allowlist' | 'blocklist' | 'open';
    readonly allow: readonly Address[];
    readonly block: readonly Address[];
    readonly blockedIssuers: readonly Address[];
    /** Tier of a destination that is not known. */
    readonly newTier: Tier;
    /** Whether a destination that was paid before counts as known. */
    readonly learn: boolean;
    /** For rules only: a tag by itself never makes a destination known (W20). */
    readonly trustedTags: readonly number[];
    readonly exchanges: readonly { readonly address: Address; readonly name: string; readonly requireTag: boolean }[];
  };
  /** Patterns that no memo may match, letter case ignored. */
  readonly memos: { readonly patterns: readonly string[] };
  /** Hours and days of unattended work; outside: at least tier 2. Null: always. */
  readonly time: {
    /** First hour, 0–23. */
    readonly startHour: number;
    /** Hour at which it ends, 0–23, itself outside; equal to `startHour`: the whole day. */
    readonly endHour: number;
    /** 0 Sunday to 6 Saturday, of the day in which the hour lies. */
    readonly days: readonly number[];
    /** IANA name. */
    readonly timezone: string;
  } | null;
  readonly delayed: { readonly seconds: number; readonly veto: boolean; readonly notify: boolean };
  readonly cosign: {
    readonly quorum: number;
    readonly timeoutHours: number;
    readonly notify: boolean;
    readonly signers: readonly Address[];
  };
  readonly values: {
    /** Drops for one unit of an asset (see `assetKey`), a decimal. */
    readonly rates: Readonly<Record<string, string>>;
    /** Tier of spending an asset without a rate. */
    readonly unrated: 3 | 4;
    /** Tier of spending what the transaction gives no number for: NFTs, offers accepted by id, amounts the ledger works out. */
    readonly uncounted: 2 | 3 | 4;
  };
  readonly rules: readonly Rule[];
  readonly notifications: { readonly webhookUrl: string | null; readonly notifyOn: readonly string[] };
}
