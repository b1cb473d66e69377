import { err, ok, type Result } from '@wardmesh/core';
import type { AbortCause, PreparedTransaction, Rotation, RotationStep } from './rotation.ts';

/** What has happened, durably, outside of the journal. */
export type RotationEvent =
  | { readonly type: 'key_generated'; readonly publicKey: string; readonly address: string }
  | { readonly type: 'approval_requested'; readonly approvalId: string }
  | { readonly type: 'approval_granted' }
  | { readonly type: 'transaction_prepared'; readonly transaction: PreparedTransaction }
  | { readonly type: 'transaction_submitted' }
  | { readonly type: 'transaction_validated' }
  | { readonly type: 'key_stored' }
  | { readonly type: 'backup_created'; readonly checksum?: string }
  | { readonly type: 'old_key_deleted' }
  | { readonly type: 'completed' }
  | { readonly type: 'aborted'; readonly cause: AbortCause }
  | { readonly type: 'rolled_back' }
  | { readonly type: 'failed'; readonly failure: string };

/** What to do next. Each action may be repeated after a crash with the same effect. */
export type RotationAction =
  | 'generate_key'
  | 'request_approval'
  | 'await_approval'
  | 'prepare_transaction'
  | 'submit_transaction'
  | 'await_transaction'
  | 'store_key'
  | 'create_backup'
  | 'delete_old_key'
  | 'complete'
  | 'destroy_new_key'
  | 'none';

const ACTIONS: Readonly<Record<RotationStep, RotationAction>> = {
  INITIATED: 'generate_key',
  KEY_GENERATED: 'request_approval',
  APPROVAL_PENDING: 'await_approval',
  APPROVAL_GRANTED: 'prepare_transaction',
  TX_SUBMITTED: 'await_transaction',
  TX_VALIDATED: 'store_key',
  KEY_STORED: 'create_backup',
  BACKUP_CREATED: 'delete_old_key',
  OLD_KEY_DELETED: 'complete',
  COMPLETED: 'none',
  FAILED: 'none',
  ROLLED_BACK: 'none',
};

export function nextAction({ step, abort, transaction }: Rotation): RotationAction {
  const action = ACTIONS[step];
  if (action === 'none') return action;
  if (abort !== undefined) return 'destroy_new_key';
  return action === 'prepare_transaction' && transaction !== undefined ? 'submit_transaction' : action;
}

/**
 * The rotation after an event: a function of its arguments alone. An event that does not belong to the step is refused
 * and changes nothing. The way back is open until a transaction is signed, then only when the ledger has said that it
 * will never count; after it has counted the only way is forward.
 */
export function reduce(
  rotation: Rotation,
  event: RotationEvent,
  now: number,
): Result<Rotation, 'VAULT_ROTATION_STATE'> {
  const changes = changesOf(rotation, event);
  return changes === undefined ? err('VAULT_ROTATION_STATE') : ok({ ...rotation, ...changes, updatedAt: now });
}

function changesOf(rotation: Rotation, event: RotationEvent): Partial<Rotation> | undefined {
  const { step, abort, transaction } = rotation;
  if (abort !== undefined) {
    if (event.type === 'rolled_back' && ACTIONS[step] !== 'none') return { step: 'ROLLED_BACK' };
    return event.type === 'failed' && ACTIONS[step] !== 'none' ? { step: 'FAILED', failure: event.failure } : undefined;
  }
  const when = (expected: RotationStep, changes: Partial<Rotation>) => (step === expected ? changes : undefined);
  switch (event.type) {
    case 'key_generated': {
      const newKey = { publicKey: event.publicKey, address: event.address };
      return when('INITIATED', { step: 'KEY_GENERATED', newKey });
    }
    case 'approval_requested':
      return when('KEY_GENERATED', { step: 'APPROVAL_PENDING', approvalId: event.approvalId });
    case 'approval_granted':
      return when('APPROVAL_PENDING', { step: 'APPROVAL_GRANTED' });
    case 'transaction_prepared':
      return transaction === undefined ? when('APPROVAL_GRANTED', { transaction: event.transaction }) : undefined;
    case 'transaction_submitted':
      return transaction === undefined ? undefined : when('APPROVAL_GRANTED', { step: 'TX_SUBMITTED' });
    case 'transaction_validated':
      return when('TX_SUBMITTED', { step: 'TX_VALIDATED' });
    case 'key_stored':
      return when('TX_VALIDATED', { step: 'KEY_STORED' });
    case 'backup_created': {
      const backup = event.checksum === undefined ? {} : { backupChecksum: event.checksum };
      return when('KEY_STORED', { step: 'BACKUP_CREATED', ...backup });
    }
    case 'old_key_deleted':
      return when('BACKUP_CREATED', { step: 'OLD_KEY_DELETED' });
    case 'completed':
      return when('OLD_KEY_DELETED', { step: 'COMPLETED' });
    case 'aborted':
      return mayAbort(rotation, event.cause) ? { abort: event.cause } : undefined;
    case 'failed':
      return ['TX_SUBMITTED', 'TX_VALIDATED', 'KEY_STORED', 'BACKUP_CREATED'].includes(step)
        ? { step: 'FAILED', failure: event.failure }
        : undefined;
    case 'rolled_back':
      return undefined;
  }
}

function mayAbort({ step, transaction }: Rotation, cause: AbortCause): boolean {
  switch (cause) {
    case 'operator':
      return (
        transaction === undefined &&
        (step === 'INITIATED' || step === 'KEY_GENERATED' || step === 'APPROVAL_PENDING' || step === 'APPROVAL_GRANTED')
      );
    case 'approval_denied':
    case 'approval_expired':
      return step === 'APPROVAL_PENDING';
    case 'transaction_failed':
    case 'transaction_expired':
      return step === 'TX_SUBMITTED';
  }
}
