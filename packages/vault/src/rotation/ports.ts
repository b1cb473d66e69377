import type { KeyProvider } from '../providers/key-provider.ts';
import type { PreparedTransaction, Rotation } from './rotation.ts';

/** What is remembered of a wallet's rotations. */
export interface RotationLog {
  /** The newest rotation, over or not. */
  readonly current?: Rotation;
  /** Times of completed rotations of the last day, ms since the epoch, and whether they were forced. */
  readonly completed: readonly { readonly at: number; readonly isForced: boolean }[];
}

export interface RotationJournal {
  load(walletId: string): Promise<RotationLog>;
  /** Durable when it resolves, whole or not at all. */
  save(walletId: string, log: RotationLog): Promise<void>;
}

/** People's consent: a rotation is always of the strictest tier. */
export interface RotationApprovals {
  /** Asks once per rotation id; a repeat answers with the same approval. Binds account and new address. */
  request(rotation: Rotation): Promise<string>;
  status(approvalId: string): Promise<'pending' | 'granted' | 'denied' | 'expired'>;
}

/**
 * What the rotation needs of a ledger. `outcome` speaks of validated ledgers only: `validated` for tesSUCCESS, `failed`
 * for any other final result (a `tec` claims its fee and changes nothing), `expired` once LastLedgerSequence has passed
 * without it.
 */
export interface RotationLedger {
  /** A signed SetRegularKey from the wallet's present authority to `address`. Sends nothing. */
  prepareSetRegularKey(account: string, address: string): Promise<PreparedTransaction>;
  /** Sends these bytes; again where they were sent before. Resolves also where it cannot tell whether they arrived. */
  submit(transaction: PreparedTransaction): Promise<void>;
  outcome(transaction: PreparedTransaction): Promise<'pending' | 'validated' | 'failed' | 'expired'>;
  /** The account's regular key in the last validated ledger; undefined where it has none. */
  regularKey(account: string): Promise<string | undefined>;
}

export interface RotationPorts {
  readonly journal: RotationJournal;
  readonly keys: KeyProvider;
  readonly approvals: RotationApprovals;
  readonly ledger: RotationLedger;
  /** Makes a backup with the new key and tests it by restoring; answers with its checksum. */
  readonly backup: (walletId: string) => Promise<string>;
}
