import type { Clock, Random } from '@wardmesh/core';
import type { Networks } from './ledger/networks.ts';
import type { SignerPort } from './signer/port.ts';

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** What every tool of one server works with. */
export interface WalletDeps {
  readonly signer: SignerPort;
  readonly networks: Networks;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  /** HTTP for the faucets. */
  readonly fetch: typeof fetch;
  /** The operator lets transactions out that this wallet did not sign. */
  readonly submitAny: boolean;
}

/** One call of a tool. */
export interface Call extends WalletDeps {
  /** The agent's id as the gateway gave it. */
  readonly principal: string;
  readonly signal: AbortSignal;
}
