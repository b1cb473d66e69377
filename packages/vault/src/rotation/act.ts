import { vaultError } from '../error.ts';
import type { RotationPorts } from './ports.ts';
import { nextAction, type RotationEvent } from './reduce.ts';
import type { Rotation } from './rotation.ts';

/** Why nothing can be done now. */
export type Waiting = 'approval' | 'transaction';

/**
 * Does what is next and says what came of it, or what is waited for. Each action is safe to repeat: a crash between
 * the deed and its journal entry is healed by doing it again. What a port throws leaves the journal as it was.
 */
export async function act(rotation: Rotation, ports: RotationPorts): Promise<RotationEvent | Waiting> {
  const { keys, ledger, approvals } = ports;
  switch (nextAction(rotation)) {
    case 'generate_key': {
      const { publicKey, address } = await keys.createKey(rotation.newKeyId, rotation.algorithm);
      return { type: 'key_generated', publicKey, address };
    }
    case 'request_approval':
      return { type: 'approval_requested', approvalId: await approvals.request(rotation) };
    case 'await_approval':
      return awaitApproval(rotation, ports);
    case 'prepare_transaction': {
      const transaction = await ledger.prepareSetRegularKey(rotation.account, rotation.newKey!.address);
      return { type: 'transaction_prepared', transaction };
    }
    case 'submit_transaction':
      await ledger.submit(rotation.transaction!);
      return { type: 'transaction_submitted' };
    case 'await_transaction':
      return awaitTransaction(rotation, ports);
    case 'store_key':
      if (!(await isOnLedger(rotation, ports))) return contradiction('the ledger does not have the key it validated');
      await keys.activateKey(rotation.newKeyId);
      return { type: 'key_stored' };
    case 'create_backup':
      if (!rotation.wantsBackup || !keys.capabilities.canBackup) return { type: 'backup_created' };
      return { type: 'backup_created', checksum: await ports.backup(rotation.walletId) };
    case 'delete_old_key':
      // Last, and only while the ledger still takes the new key: what is destroyed does not come back.
      if (!(await isOnLedger(rotation, ports))) return contradiction('the ledger no longer has the new key');
      if (rotation.oldKeyId !== undefined) await keys.destroyKey(rotation.oldKeyId);
      return { type: 'old_key_deleted' };
    case 'complete':
      return { type: 'completed' };
    case 'destroy_new_key':
      if (await isOnLedger(rotation, ports)) return contradiction('the ledger has the key of a transaction it refused');
      await keys.destroyKey(rotation.newKeyId);
      return { type: 'rolled_back' };
    case 'none':
      throw vaultError('VAULT_ROTATION_STATE', 'the rotation is over');
  }
}

async function awaitApproval(rotation: Rotation, { approvals }: RotationPorts): Promise<RotationEvent | Waiting> {
  switch (await approvals.status(rotation.approvalId!)) {
    case 'pending':
      return 'approval';
    case 'granted':
      return { type: 'approval_granted' };
    case 'denied':
      return { type: 'aborted', cause: 'approval_denied' };
    case 'expired':
      return { type: 'aborted', cause: 'approval_expired' };
  }
}

async function awaitTransaction(rotation: Rotation, { ledger }: RotationPorts): Promise<RotationEvent | Waiting> {
  switch (await ledger.outcome(rotation.transaction!)) {
    case 'pending':
      return 'transaction';
    case 'validated':
      return { type: 'transaction_validated' };
    case 'failed':
      return { type: 'aborted', cause: 'transaction_failed' };
    case 'expired':
      return { type: 'aborted', cause: 'transaction_expired' };
  }
}

async function isOnLedger({ account, newKey }: Rotation, { ledger }: RotationPorts): Promise<boolean> {
  return newKey !== undefined && (await ledger.regularKey(account)) === newKey.address;
}

function contradiction(failure: string): RotationEvent {
  return { type: 'failed', failure };
}
