import type { CompiledPolicy } from '../policy/compile.ts';
import type { Intent } from '../xrpl/intent.ts';
import type { Spend } from './spend.ts';
import type { UsageSnapshot } from './usage.ts';

/** The wallet and the moment that a transaction is decided for. */
export interface DecisionContext {
  /** The wallet's account. */
  readonly account: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Index of the last validated ledger; null where it is not known, and then expiry is not checked. */
  readonly ledgerIndex: number | null;
}

/** What every check gets. */
export interface CheckInput {
  readonly intent: Intent;
  readonly compiled: CompiledPolicy;
  readonly usage: UsageSnapshot;
  readonly context: DecisionContext;
  readonly spend: Spend;
  readonly recipients: ReadonlySet<string>;
}
