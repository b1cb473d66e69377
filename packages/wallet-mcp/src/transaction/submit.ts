import { type JsonObject, sanitise, toTimestamp } from '@wardmesh/core';
import { LedgersError, type Provisional, resultFacts, type SubmissionOutcome } from '@wardmesh/ledgers';
import type { Network } from '@wardmesh/wallet';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { WalletMcpError } from '../error.ts';
import { ANSWER_MARGIN_MS } from '../limits.ts';
import { networkName, timestamp } from '../schema/parts.ts';
import type { ToSend } from './to-send.ts';

export const submissionResult = z.strictObject({
  /** validated, rejected (not taken now), expired (can never be applied), pending (may yet be validated), submitted (not waited for). */
  status: z.enum(['validated', 'rejected', 'expired', 'pending', 'submitted']),
  tx_hash: z.string(),
  network: networkName,
  result: z.strictObject({
    /** Of a validated ledger, `meta.TransactionResult`; else what a server said, which is not final. */
    result_code: z.string(),
    result_message: z.string(),
    success: z.boolean(),
    final: z.boolean(),
  }),
  ledger_index: z.int().nullable(),
  submitted_at: timestamp,
  validated_at: timestamp.nullable(),
  tx_type: z.string(),
  sequence_used: z.int().nullable(),
  ticket_used: z.int().nullable(),
  next_sequence: z.int().nullable(),
  last_ledger_sequence: z.int(),
  escrow_reference: z.strictObject({ owner: z.string(), sequence: z.int() }).nullable(),
  delivered_drops: z.string().nullable(),
  failure_category: z
    .enum(['local_error', 'malformed', 'failed_precondition', 'claimed_cost_only', 'retry_possible', 'network_error'])
    .nullable(),
  retryable: z.boolean(),
  suggestion: z.string().nullable(),
  /** Endpoints that independently told the same. */
  confirmed_by: z.int(),
});
export type SubmissionResult = z.output<typeof submissionResult>;

export interface SubmitOptions {
  readonly wait: boolean;
  /** Seconds, 5–60. */
  readonly timeout: number;
  readonly failIfPending: boolean;
}

/** Sends signed bytes and says how it ended. A result that a server merely claims is never told as final. */
export async function submit(
  call: Call,
  network: Network,
  signed: ToSend,
  options: SubmitOptions,
): Promise<SubmissionResult> {
  const ledger = call.networks.ledger(network);
  const at = toTimestamp(call.clock.now());
  const base = describe(signed, network, at);
  if (!options.wait) return { ...base, ...provisionalResult(await ledger.submit(signed.blob)) };
  const waitMs = Math.max(1_000, options.timeout * 1_000 - ANSWER_MARGIN_MS);
  const outcome = await ledger.submitAndWait(signed.blob, { waitMs, signal: call.signal });
  if (outcome.kind === 'pending' && options.failIfPending) {
    throw new WalletMcpError('VALIDATION_TIMEOUT', `transaction ${signed.hash} is not validated yet`, {
      hint: `It may still be, until ledger ${outcome.lastLedgerSequence}. Submit the same signed_tx again to look; do not sign another.`,
    });
  }
  return { ...base, ...outcomeResult(outcome, signed.transaction) };
}

/** How it ended; the rest is known before it is sent. */
type Ending = Pick<
  SubmissionResult,
  | 'status'
  | 'result'
  | 'ledger_index'
  | 'validated_at'
  | 'next_sequence'
  | 'escrow_reference'
  | 'delivered_drops'
  | 'failure_category'
  | 'retryable'
  | 'suggestion'
  | 'confirmed_by'
>;
type Base = Omit<SubmissionResult, keyof Ending>;

function describe({ hash, transaction }: ToSend, network: Network, at: string): Base {
  const number = (field: string): number | null =>
    typeof transaction[field] === 'number' ? (transaction[field] as number) : null;
  const ticket = number('TicketSequence');
  const last = number('LastLedgerSequence');
  if (last === null) throw new LedgersError('INVALID_TRANSACTION', 'the transaction has no LastLedgerSequence');
  return {
    tx_hash: hash,
    network,
    submitted_at: at,
    tx_type: String(transaction.TransactionType),
    sequence_used: ticket === null ? number('Sequence') : null,
    ticket_used: ticket,
    last_ledger_sequence: last,
  };
}

const UNDECIDED = {
  ledger_index: null,
  validated_at: null,
  next_sequence: null,
  escrow_reference: null,
  delivered_drops: null,
  confirmed_by: 0,
};

function provisionalResult(said: Provisional | undefined, status?: 'rejected' | 'pending'): Ending {
  const facts = said ?? resultFacts(undefined);
  const { category } = facts;
  return {
    ...UNDECIDED,
    status: status ?? (said?.accepted === true ? 'submitted' : 'rejected'),
    result: {
      result_code: said?.result ?? 'unknown',
      result_message: said === undefined ? 'No server has answered.' : sanitise(said.message, 300),
      success: false,
      final: false,
    },
    failure_category: category === 'success' ? null : category,
    retryable: facts.retryable,
    suggestion: category === 'success' ? null : facts.suggestion,
  };
}

function outcomeResult(outcome: SubmissionOutcome, transaction: JsonObject): Ending {
  if (outcome.kind === 'validated') return validatedResult(outcome, transaction);
  if (outcome.kind !== 'expired') return provisionalResult(outcome.provisional, outcome.kind);
  return {
    ...provisionalResult(undefined, 'rejected'),
    status: 'expired',
    result: {
      result_code: 'tefMAX_LEDGER',
      result_message: 'Its last ledger has passed without it: it can never be applied.',
      success: false,
      final: true,
    },
    failure_category: 'failed_precondition',
    retryable: false,
    suggestion: 'Nothing was spent. Prepare and sign it anew.',
    confirmed_by: outcome.confirmedBy,
  };
}

function validatedResult(outcome: Extract<SubmissionOutcome, { kind: 'validated' }>, transaction: JsonObject): Ending {
  const { result, success, category, delivered } = outcome;
  const sequence = transaction.TicketSequence === undefined ? (transaction.Sequence as number) : null;
  const made = transaction.TransactionType === 'TicketCreate' && success ? Number(transaction.TicketCount) : 0;
  return {
    status: 'validated',
    result: {
      result_code: result,
      result_message: success ? 'The transaction was applied.' : 'The fee was taken; nothing else was done.',
      success,
      final: true,
    },
    ledger_index: outcome.ledgerIndex,
    validated_at: toTimestamp(outcome.closeTime),
    next_sequence: sequence === null ? null : sequence + 1 + made,
    escrow_reference: success ? escrowReference(transaction) : null,
    delivered_drops: delivered?.kind === 'xrp' ? delivered.drops.toString() : null,
    failure_category: category === 'success' ? null : category,
    retryable: success ? false : outcome.retryable,
    suggestion: success ? null : outcome.suggestion,
    confirmed_by: outcome.confirmedBy,
  };
}

/** What finishes or cancels it later: its owner and the sequence, or the ticket, that made it. */
function escrowReference(transaction: JsonObject): SubmissionResult['escrow_reference'] {
  if (transaction.TransactionType !== 'EscrowCreate') return null;
  const sequence = transaction.TicketSequence ?? transaction.Sequence;
  return { owner: String(transaction.Account), sequence: Number(sequence) };
}
