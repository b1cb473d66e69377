import type { Algorithm } from '../seeds/public-key.ts';

/** The steps in their order (reference §2.2, wallet_rotate); the last three end a rotation. */
export const ROTATION_STEPS = [
  'INITIATED',
  'KEY_GENERATED',
  'APPROVAL_PENDING',
  'APPROVAL_GRANTED',
  'TX_SUBMITTED',
  'TX_VALIDATED',
  'KEY_STORED',
  'BACKUP_CREATED',
  'OLD_KEY_DELETED',
  'COMPLETED',
  'FAILED',
  'ROLLED_BACK',
] as const;

export type RotationStep = (typeof ROTATION_STEPS)[number];

export const ROTATION_REASONS = [
  'scheduled',
  'personnel_change',
  'suspected_compromise',
  'security_upgrade',
  'incident_response',
  'compliance',
  'other',
] as const;

export type RotationReason = (typeof ROTATION_REASONS)[number];

/** Why a rotation turns back. The last two are said by the ledger about the transaction that was prepared. */
export type AbortCause =
  | 'operator'
  | 'approval_denied'
  | 'approval_expired'
  | 'transaction_failed'
  | 'transaction_expired';

/** A signed SetRegularKey. The very bytes are journalled before they are sent, so a repeat sends the same. */
export interface PreparedTransaction {
  /** 64 upper-case hex digits. */
  readonly hash: string;
  /** Hex of the signed transaction. */
  readonly blob: string;
  /** The ledger after which it can no longer be included. */
  readonly lastLedgerSequence: number;
}

/** One rotation of a wallet's regular key, as the journal keeps it. Times in ms since the epoch. */
export interface Rotation {
  readonly version: 1;
  readonly rotationId: string;
  readonly walletId: string;
  /** Classic address whose regular key is replaced. */
  readonly account: string;
  readonly reason: RotationReason;
  /** Asked for with `other` and `incident_response`. */
  readonly description?: string;
  readonly isForced: boolean;
  readonly wantsBackup: boolean;
  readonly algorithm: Algorithm;
  readonly initiatedAt: number;
  readonly updatedAt: number;
  readonly step: RotationStep;
  /** Chosen before the key is made, so that a repeat makes no second one. */
  readonly newKeyId: string;
  /** Absent where the master signed so far. */
  readonly oldKeyId?: string;
  readonly newKey?: { readonly publicKey: string; readonly address: string };
  readonly approvalId?: string;
  readonly transaction?: PreparedTransaction;
  readonly backupChecksum?: string;
  /** The way back is decided; what is left is to destroy the new key. */
  readonly abort?: AbortCause;
  /** Why it FAILED: the ledger contradicted itself. Both keys are kept for a person to decide. */
  readonly failure?: string;
}

export function isOver({ step }: Rotation): boolean {
  return step === 'COMPLETED' || step === 'FAILED' || step === 'ROLLED_BACK';
}
