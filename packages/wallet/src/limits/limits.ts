import type { Clock } from '@wardmesh/core';
import { type Decision, decide } from '../decide/decide.ts';
import { leavesOf, recipientsOf } from '../decide/spend.ts';
import { WalletError } from '../error.ts';
import { MAX_OPEN_RESERVATIONS } from '../limits.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Intent } from '../xrpl/intent.ts';
import type { Reservation } from './reservation.ts';
import { snapshotAt } from './snapshot.ts';
import type { UsageStore, UsageTransaction } from './usage-store.ts';

/** What is asked of the limits. */
export interface LimitRequest {
  /** The wallet's account. */
  readonly wallet: string;
  readonly intent: Intent;
  readonly compiled: CompiledPolicy;
  /** Index of the last validated ledger; null where it is not known. */
  readonly ledgerIndex: number | null;
}

export interface ReserveRequest extends LimitRequest {
  /** 1–128 characters, unique per wallet. Asking again with the same id and the same bytes gives the same reservation. */
  readonly id: string;
  /** What has been granted already: 1 nothing, 2 the delay has passed without a veto, 3 a quorum has signed. */
  readonly granted: 1 | 2 | 3;
}

export type ReserveOutcome =
  /** Counted: it may be signed, and is then to be committed before the signature leaves. */
  | { readonly kind: 'reserved'; readonly reservation: Reservation; readonly decision: Decision | null }
  /** Nothing counted: `decision.tier` is above what has been granted. */
  | { readonly kind: 'not_granted'; readonly decision: Decision }
  /** Nothing counted: another transaction that may still be submitted uses its sequence or ticket. */
  | { readonly kind: 'sequence_in_use'; readonly by: string; readonly decision: Decision };

/**
 * A wallet's limits: reserve → sign → commit, or release. Deciding and counting are one transaction of the store, so
 * that calls at the same time never spend the same allowance, and what was counted stays counted over restarts.
 *
 * A caller reserves, signs, commits, and only then lets the signature out of its process. A crash before the commit
 * leaves a reservation that counts until no ledger can include its transaction; see {@link Limits.expire}.
 */
export class Limits {
  readonly #store: UsageStore;
  readonly #clock: Clock;

  constructor(store: UsageStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What {@link reserve} would decide now; counts nothing. */
  check(request: LimitRequest): Promise<Decision> {
    return this.#store.atomically(request.wallet, (transaction) => this.#decide(transaction, request).decision);
  }

  /**
   * Decides and, where the tier has been granted, counts.
   * @throws WalletError RESERVATION_CONFLICT where the id stands for other bytes; RESERVATION_CLOSED where it was released
   */
  reserve(request: ReserveRequest): Promise<ReserveOutcome> {
    if (request.id.length < 1 || request.id.length > 128)
      throw new RangeError('a reservation id has 1 to 128 characters');
    return this.#store.atomically(request.wallet, (transaction) => this.#reserve(transaction, request));
  }

  /**
   * Counts a reservation for good. Call it after signing and before the signature leaves the process. Idempotent.
   * @throws WalletError RESERVATION_NOT_FOUND, RESERVATION_CLOSED (released: discard the signature)
   */
  commit(wallet: string, id: string): Promise<Reservation> {
    return this.#store.atomically(wallet, (transaction) => {
      const found = this.#find(transaction, id);
      if (found.state === 'committed') return found;
      if (found.state === 'released') throw new WalletError('RESERVATION_CLOSED', 'the reservation was released');
      for (const address of found.destinations) transaction.learn(address);
      return save(transaction, { ...found, state: 'committed' });
    });
  }

  /**
   * Gives back what was reserved for a transaction that was not signed. Idempotent. The caller knows that no signature
   * exists; what it does not know, {@link expire} finds out.
   * @throws WalletError RESERVATION_NOT_FOUND, RESERVATION_CLOSED (committed: a signature may be out)
   */
  release(wallet: string, id: string): Promise<Reservation> {
    return this.#store.atomically(wallet, (transaction) => {
      const found = this.#find(transaction, id);
      if (found.state === 'released') return found;
      if (found.state === 'committed') {
        throw new WalletError('RESERVATION_CLOSED', 'the reservation is committed: its signature may be out');
      }
      return save(transaction, { ...found, state: 'released' });
    });
  }

  /**
   * Releases reservations that a crash left open, once their LastLedgerSequence has been validated: no ledger can include
   * them any more, and without a commit no signature left the process.
   * @param validatedLedger index of the last validated ledger, from a source that the caller trusts.
   * @returns the ids released
   */
  expire(wallet: string, validatedLedger: number): Promise<readonly string[]> {
    return this.#store.atomically(wallet, (transaction) => {
      const over = transaction
        .since(Number.MAX_SAFE_INTEGER)
        .filter((entry) => entry.state === 'reserved' && entry.lastLedgerSequence < validatedLedger);
      for (const entry of over) transaction.save({ ...entry, state: 'released' });
      return over.map(({ id }) => id);
    });
  }

  /**
   * An operator's word that the clock is right now, after it had run ahead: without it a wallet stays in the day that the
   * wrong clock named. What was counted then counts from now. Not for agents.
   */
  acceptClock(wallet: string): Promise<void> {
    return this.#store.atomically(wallet, (transaction) => {
      const now = this.#clock.now();
      for (const entry of transaction.since(now + 1)) if (entry.at > now) transaction.save({ ...entry, at: now });
      transaction.markClock(now);
    });
  }

  #find(transaction: UsageTransaction, id: string): Reservation {
    const found = transaction.find(id);
    if (found === undefined) throw new WalletError('RESERVATION_NOT_FOUND', 'no such reservation');
    return found;
  }

  /** A clock that was set back must not open a day again that is already counted. */
  #now(transaction: UsageTransaction): number {
    return Math.max(this.#clock.now(), transaction.clockMark());
  }

  #decide(
    transaction: UsageTransaction,
    request: LimitRequest,
    without: string | null = null,
  ): { decision: Decision; now: number } {
    const { intent, compiled, wallet, ledgerIndex } = request;
    const now = this.#now(transaction);
    const usage = snapshotAt(transaction, now, compiled.policy.limits.dailyResetUtcHour, without);
    // Active hours are the world's, not the mark's.
    return { decision: decide(intent, compiled, usage, { account: wallet, now: this.#clock.now(), ledgerIndex }), now };
  }

  #reserve(transaction: UsageTransaction, request: ReserveRequest): ReserveOutcome {
    const { id, wallet, intent, ledgerIndex, granted } = request;
    const before = transaction.find(id);
    if (before !== undefined) {
      if (before.digest !== intent.digest)
        throw new WalletError('RESERVATION_CONFLICT', 'the id stands for other bytes');
      if (before.state === 'released') throw new WalletError('RESERVATION_CLOSED', 'the reservation was released');
      if (before.policyHash === request.compiled.hash) return { kind: 'reserved', reservation: before, decision: null };
      // The policy has changed since: what it no longer allows is not signed, though it stays counted until it ends.
      const { decision } = this.#decide(transaction, request, id);
      if (decision.tier > granted) return { kind: 'not_granted', decision };
      return { kind: 'reserved', reservation: before, decision };
    }
    const { decision, now } = this.#decide(transaction, request);
    const { lastLedgerSequence } = intent;
    if (decision.tier > granted || decision.tier === 4 || lastLedgerSequence === null) {
      return { kind: 'not_granted', decision };
    }
    const sequences = sequencesOf(intent);
    // The very same bytes may be signed again under another id: the ledger takes them once.
    const rival = transaction
      .using(sequences)
      .find((entry) => entry.digest !== intent.digest && !hasEnded(entry, ledgerIndex));
    if (rival !== undefined) return { kind: 'sequence_in_use', by: rival.id, decision };
    const open = transaction.since(Number.MAX_SAFE_INTEGER).filter(({ state }) => state === 'reserved').length;
    if (open >= MAX_OPEN_RESERVATIONS) {
      throw new WalletError('RESERVATION_CONFLICT', `more than ${MAX_OPEN_RESERVATIONS} reservations are open`);
    }
    transaction.markClock(now);
    const reservation = save(transaction, {
      id,
      wallet,
      digest: intent.digest,
      state: 'reserved',
      at: now,
      tier: decision.tier,
      spend: decision.spend,
      fee: intent.fee,
      transactions: leavesOf(intent).length,
      destinations: [...recipientsOf(intent)],
      sequences,
      lastLedgerSequence,
      policyHash: decision.policyHash,
    });
    return { kind: 'reserved', reservation, decision };
  }
}

function save(transaction: UsageTransaction, reservation: Reservation): Reservation {
  transaction.save(reservation);
  return reservation;
}

/** Whether no ledger can include it any more. */
function hasEnded({ lastLedgerSequence }: Reservation, ledgerIndex: number | null): boolean {
  return ledgerIndex !== null && ledgerIndex > lastLedgerSequence;
}

/** Every sequence and ticket that a transaction uses up, those of its inner transactions too. */
export function sequencesOf(intent: Intent): readonly string[] {
  return [intent, ...intent.inner].map(({ sequence }) => `${sequence.kind}:${sequence.value}`);
}
