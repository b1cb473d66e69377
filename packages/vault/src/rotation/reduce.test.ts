import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextAction, type RotationEvent, reduce } from './reduce.ts';
import { ACCOUNT, OLD_KEY, WALLET_ID } from './rotation.fixture.ts';
import { isOver, ROTATION_STEPS, type Rotation, type RotationStep } from './rotation.ts';

const START: Rotation = {
  version: 1,
  rotationId: '00000000-0000-4000-8000-000000000000',
  walletId: WALLET_ID,
  account: ACCOUNT,
  reason: 'scheduled',
  isForced: false,
  wantsBackup: true,
  algorithm: 'ed25519',
  initiatedAt: 0,
  updatedAt: 0,
  step: 'INITIATED',
  newKeyId: `key_${'1'.repeat(32)}`,
  oldKeyId: OLD_KEY,
};

const EVENTS: readonly RotationEvent[] = [
  { type: 'key_generated', publicKey: 'ED00', address: ACCOUNT },
  { type: 'approval_requested', approvalId: 'a' },
  { type: 'approval_granted' },
  { type: 'transaction_prepared', transaction: { hash: 'h', blob: 'b', lastLedgerSequence: 1 } },
  { type: 'transaction_submitted' },
  { type: 'transaction_validated' },
  { type: 'key_stored' },
  { type: 'backup_created', checksum: 'c' },
  { type: 'old_key_deleted' },
  { type: 'completed' },
  { type: 'aborted', cause: 'operator' },
  { type: 'aborted', cause: 'approval_denied' },
  { type: 'aborted', cause: 'transaction_failed' },
  { type: 'rolled_back' },
  { type: 'failed', failure: 'f' },
];

describe('the reducer', () => {
  verifies('XR-WAL-5');

  test('goes through the steps in their order, each event once and in its place', () => {
    let rotation = START;
    const steps: RotationStep[] = [rotation.step];
    for (const event of EVENTS.slice(0, 10)) {
      for (const other of EVENTS.slice(0, 10)) {
        if (other.type !== event.type) expect(reduce(rotation, other, 1).ok).toBe(false);
      }
      const next = reduce(rotation, event, 1);
      if (!next.ok) throw new Error(`${event.type} refused`);
      rotation = next.value;
      if (steps.at(-1) !== rotation.step) steps.push(rotation.step);
    }
    expect(steps).toEqual(ROTATION_STEPS.slice(0, 10));
    expect(nextAction(rotation)).toBe('none');
  });

  test('turns back early, never once the ledger has counted it', () => {
    const history = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 });
    fc.assert(
      fc.property(history, (events) => {
        let rotation = START;
        for (const event of events) {
          const next = reduce(rotation, event, rotation.updatedAt + 1);
          if (!next.ok) continue;
          const index = (step: RotationStep) => ROTATION_STEPS.indexOf(step);
          expect(isOver(rotation)).toBe(false);
          expect(index(next.value.step)).toBeGreaterThanOrEqual(index(rotation.step));
          if (index(rotation.step) >= index('TX_VALIDATED')) expect(next.value.abort).toBeUndefined();
          if (next.value.step === 'ROLLED_BACK') expect(rotation.abort).toBeDefined();
          if (event.type === 'aborted' && event.cause === 'operator') expect(rotation.transaction).toBeUndefined();
          rotation = next.value;
        }
        expect(nextAction(rotation) === 'none').toBe(isOver(rotation));
        // The old key is touched by one action alone, after the new one is stored and backed up.
        if (nextAction(rotation) === 'delete_old_key') expect(rotation.step).toBe('BACKUP_CREATED');
      }),
      { numRuns: 2_000 },
    );
  });

  test('does not change what it is given', () => {
    const frozen = Object.freeze({ ...START });
    expect(reduce(frozen, EVENTS[0]!, 5)).toMatchObject({ ok: true, value: { step: 'KEY_GENERATED', updatedAt: 5 } });
    expect(frozen.step).toBe('INITIATED');
    expect(reduce(frozen, EVENTS[9]!, 5)).toEqual({ ok: false, error: 'VAULT_ROTATION_STATE' });
  });
});
