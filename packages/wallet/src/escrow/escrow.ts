import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import type { Intent } from '../xrpl/intent.ts';
import { fulfills, parseCondition } from './condition.ts';

/** What fixes when an escrow can end. Times are Ripple seconds. */
export interface EscrowTerms {
  readonly finishAfter: number | null;
  readonly cancelAfter: number | null;
  /** Hex; null where no condition is set. */
  readonly condition: string | null;
}

/**
 * Whether an escrow may be created: it can end some day, it can be finished before it can be cancelled, and nothing of
 * it lies in the past of the ledger.
 * @param closeTime close time of the last validated ledger, Ripple seconds. Never this machine's clock: the ledger
 *   compares with its own.
 * @returns INVALID_ESCROW, INVALID_CONDITION
 */
export function checkEscrowCreate(terms: EscrowTerms, closeTime: number): Result<null, WalletError> {
  const { finishAfter, cancelAfter, condition } = terms;
  const fault = (message: string) => err(new WalletError('INVALID_ESCROW', message));
  if (finishAfter === null && condition === null) return fault('an escrow needs FinishAfter or a Condition');
  if (finishAfter === null && cancelAfter === null) return fault('an escrow needs FinishAfter or CancelAfter');
  if (finishAfter !== null && cancelAfter !== null && finishAfter >= cancelAfter) {
    return fault('FinishAfter must be before CancelAfter');
  }
  if (cancelAfter !== null && cancelAfter <= closeTime) return fault('CancelAfter is in the past of the ledger');
  if (finishAfter !== null && finishAfter <= closeTime) return fault('FinishAfter is in the past of the ledger');
  if (condition !== null) {
    const parsed = parseCondition(condition);
    if (!parsed.ok) return parsed;
  }
  return ok(null);
}

/** The terms of an EscrowCreate; null for every other transaction. */
export function escrowTermsOf({ type, transaction }: Pick<Intent, 'type' | 'transaction'>): EscrowTerms | null {
  if (type !== 'EscrowCreate') return null;
  const { FinishAfter, CancelAfter, Condition } = transaction;
  return {
    finishAfter: typeof FinishAfter === 'number' ? FinishAfter : null,
    cancelAfter: typeof CancelAfter === 'number' ? CancelAfter : null,
    condition: typeof Condition === 'string' ? Condition : null,
  };
}

export type EscrowState = 'locked' | 'finishable' | 'cancelable';

/**
 * What may be done with an escrow at a ledger's close time. FinishAfter and CancelAfter are passed only once the close
 * time is greater (rippled: `after(closeTime, mark)`), and what may be cancelled may no longer be finished.
 */
export function escrowState({ finishAfter, cancelAfter }: EscrowTerms, closeTime: number): EscrowState {
  if (cancelAfter !== null && closeTime > cancelAfter) return 'cancelable';
  if (finishAfter !== null && closeTime <= finishAfter) return 'locked';
  return 'finishable';
}

/** Whether EscrowFinish would go through at that close time with that fulfilment. @returns INVALID_ESCROW, INVALID_CONDITION */
export function checkEscrowFinish(
  terms: EscrowTerms,
  fulfillment: string | null,
  closeTime: number,
): Result<null, WalletError> {
  const state = escrowState(terms, closeTime);
  if (state === 'locked') return err(new WalletError('INVALID_ESCROW', 'FinishAfter has not passed'));
  if (state === 'cancelable')
    return err(new WalletError('INVALID_ESCROW', 'the escrow has expired: it can only be cancelled'));
  if (terms.condition === null) {
    if (fulfillment === null) return ok(null);
    return err(new WalletError('INVALID_CONDITION', 'the escrow has no condition to fulfil'));
  }
  if (fulfillment !== null && fulfills(fulfillment, terms.condition)) return ok(null);
  return err(new WalletError('INVALID_CONDITION', 'the fulfilment is not the one the condition asks for'));
}

/** Least fee of an EscrowFinish with a fulfilment: base × (33 + bytes ÷ 16) (XRPL: EscrowFinish fee), drops. */
export function escrowFinishFee(base: bigint, fulfillment: string | null): bigint {
  if (fulfillment === null) return base;
  return base * (33n + BigInt(Math.floor(fulfillment.length / 2 / 16)));
}
