import type { Clock, Random } from '@wardmesh/core';
import type { AuthorityKeys } from '../authority-ports.ts';
import type { LedgerClock } from './ledger-clock.ts';
import type { AuthorityRecords } from './log.ts';
import type { MainnetAcknowledgement } from './mainnet.ts';
import type { Policies } from './policies.ts';
import type { Register } from './register.ts';
import type { Usage } from './usage-store.ts';

/** What the authority is made of, shared by its methods. */
export interface AuthorityParts {
  readonly keys: AuthorityKeys;
  readonly usage: Usage;
  readonly policies: Policies;
  readonly register: Register;
  readonly records: AuthorityRecords;
  readonly ledgers: LedgerClock;
  readonly mainnet: MainnetAcknowledgement;
  readonly clock: Clock;
  readonly random: Random;
}
