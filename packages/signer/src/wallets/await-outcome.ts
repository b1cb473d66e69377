import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@wardmesh/core';
import type { PreparedTransaction } from '@wardmesh/vault';
import type { Network } from '../authority-ports.ts';
import { OUTCOME_DEADLINE, OUTCOME_PAUSE } from '../limits.ts';
import type { AskLedger, LedgerAnswer } from '../serve/context.ts';

export type Outcome = LedgerAnswer<'ledger.outcome'>;

/**
 * What became of a transaction that was sent, sending it again while the ledger has not said: the bytes are the same,
 * so it counts once. `pending` after the longest wait; whoever asks again later goes on.
 */
export async function awaitOutcome(
  ledger: AskLedger,
  network: Network,
  { blob, hash, lastLedgerSequence }: PreparedTransaction,
  clock: Clock,
): Promise<Outcome> {
  const giveUp = clock.monotonic() + OUTCOME_DEADLINE;
  for (let round = 0; ; round++) {
    const outcome = await ledger('ledger.outcome', { network, blob, hash, lastLedgerSequence });
    if (outcome.outcome !== 'pending' || clock.monotonic() >= giveUp) return outcome;
    await delay(OUTCOME_PAUSE);
    if (round % 5 === 4) await ledger('ledger.submit', { network, blob });
  }
}
