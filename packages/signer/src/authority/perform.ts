import { isCoded } from '@wardmesh/core';
import type { ReceiptBody } from '@wardmesh/verify';
import { type CompiledPolicy, type Decision, type Intent, Limits } from '@wardmesh/wallet';
import type { Network, WalletView } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { DecisionJson, Signed } from '../protocol/parts.ts';
import { toDecisionJson } from './decision-json.ts';
import { authorityError } from './error.ts';
import { MAX_ATTEMPTS, MAX_SEQUENCE_TRIES } from './limits.ts';
import type { AuthorityParts } from './parts.ts';
import type { SignedBlob } from './single-sign.ts';

/** One transaction to be counted, signed and recorded. */
export interface Job {
  readonly network: Network;
  readonly wallet: WalletView;
  readonly compiled: CompiledPolicy;
  readonly principal: string;
  readonly context: string | null;
  /** Null where nobody said. */
  readonly ledgerIndex: number | null;
  /** What has been granted: 1 nothing, 2 the delay has passed, 3 the quorum has signed. */
  readonly granted: 1 | 2 | 3;
  /** The transaction, completed as usage stands now. Called again where its sequence was taken meanwhile. */
  readonly build: () => Intent;
  /** Whether a taken sequence may be replaced by the next. */
  readonly sequenceOpen: boolean;
  readonly produce: (intent: Intent) => Promise<SignedBlob>;
  /** Evidence of the approval that released it, for the receipt. */
  readonly approval: NonNullable<ReceiptBody['approval']> | null;
  /** What its attempts are counted under; default the digest of its bytes. One name is never signed for twice. */
  readonly name?: string;
}

export type Performed =
  | { readonly kind: 'signed'; readonly signed: Signed; readonly decision: DecisionJson }
  | { readonly kind: 'not_granted'; readonly decision: Decision; readonly intent: Intent };

/**
 * Reserve → sign → record → commit, and only then the signature is let out. Where a step before the commit fails, what
 * was reserved is given back; where the process dies, it counts until no ledger can include the transaction. So it does
 * where a provider of keys gave no answer: it may have signed, and the request is not signed for again until then.
 */
export class Performer {
  readonly #parts: AuthorityParts;
  readonly #inFlight = new Map<string, Promise<Performed | 'taken'>>();

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  /** Requests between reservation and commit, for the log's group commit. */
  get active(): number {
    return this.#inFlight.size;
  }

  /**
   * @throws SEQUENCE_IN_USE, TOO_MANY_ATTEMPTS, SIGNATURE_NOT_GENUINE, what keys, log and store fail with; after each of
   *   them no signature has left
   */
  async perform(job: Job): Promise<Performed> {
    const { usage } = this.#parts;
    for (let tries = 0; tries < MAX_SEQUENCE_TRIES; tries++) {
      await usage.ready();
      // From here to the reservation nothing else runs: the sequence that was found free is still free.
      const intent = job.build();
      const name = `${job.network}/${job.wallet.address}/${job.name ?? intent.digest}`;
      const running = this.#inFlight.get(name);
      if (running !== undefined) {
        const shared = await running;
        if (shared !== 'taken') return shared;
        continue;
      }
      const work = this.#run(job, intent);
      this.#inFlight.set(name, work);
      try {
        const performed = await work;
        if (performed !== 'taken') return performed;
      } finally {
        this.#inFlight.delete(name);
      }
    }
    throw authorityError('SEQUENCE_IN_USE', 'every sequence that was tried was taken meanwhile', { retryAfter: 1 });
  }

  async #run(job: Job, intent: Intent): Promise<Performed | 'taken'> {
    const { network, wallet, compiled, ledgerIndex, granted } = job;
    const { usage, clock } = this.#parts;
    const account = wallet.address;
    const limits = new Limits(usage.of(network), clock);
    const base = job.name ?? intent.digest;
    let id = '';
    for (let attempt = 1; ; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw authorityError('TOO_MANY_ATTEMPTS', 'this transaction was tried too often without a signature');
      }
      id = `${base}#${attempt}`;
      const before = usage.peek(network, account).find(id);
      if (before === undefined) break;
      if (before.state === 'committed') return this.#again(network, account, before.digest);
      if (before.state !== 'reserved') continue;
      if (wallet.keyElsewhere === true && (ledgerIndex === null || before.lastLedgerSequence >= ledgerIndex)) {
        throw signerError('WALLET_SIGNATURE_UNKNOWN', 'the key’s provider may have signed this already', {
          hint: `It is tried again once ledger ${before.lastLedgerSequence} has passed.`,
          retryAfter: 5,
        });
      }
      // Left by a crash or a failed write: nothing is at work on it, and without a commit no signature left.
      await limits.release(account, id);
    }
    const outcome = await limits.reserve({ id, wallet: account, intent, compiled, ledgerIndex, granted });
    if (outcome.kind === 'not_granted') return { kind: 'not_granted', decision: outcome.decision, intent };
    if (outcome.kind === 'sequence_in_use') {
      if (job.sequenceOpen) return 'taken';
      throw authorityError('SEQUENCE_IN_USE', 'another transaction that may still be included uses this sequence', {
        hint: 'leave Sequence to the signer, or wait until the other is validated or has expired',
        details: { by: outcome.by },
      });
    }
    const decision = toDecisionJson(outcome.decision!);
    let signed: Signed;
    try {
      signed = await this.#sign(job, intent, decision, id);
    } catch (error) {
      // A provider that gave no answer may have signed: what is reserved counts until no ledger can include it.
      if (isCoded(error, 'WALLET_SIGNATURE_UNKNOWN')) throw error;
      // Nothing left the process. Where this fails too, the reservation counts until the transaction has expired.
      await limits.release(account, id).catch(() => undefined);
      throw error;
    }
    const row = this.#parts.register.row({
      ...signed,
      network,
      address: account,
      type: intent.type,
      tier: decision.tier,
      context: job.context,
      principal: job.principal,
      digest: intent.digest,
      decision,
    });
    await new Limits(usage.of(network, [row]), clock).commit(account, id);
    return { kind: 'signed', signed, decision };
  }

  async #sign(job: Job, intent: Intent, decision: DecisionJson, reservation: string): Promise<Signed> {
    const { records, usage, clock } = this.#parts;
    const { signedTx, hash } = await job.produce(intent);
    const signedAt = clock.now();
    const entry = await records.signature({
      network: job.network,
      networkId: job.compiled.policy.ledger.networkId,
      address: job.wallet.address,
      principal: job.principal,
      digest: intent.digest,
      hash,
      type: intent.type,
      tier: decision.tier,
      reasons: decision.reasons,
      policyHash: decision.policyHash,
      spend: decision.spend,
      fee: intent.fee.toString(),
      context: job.context,
      reservation,
      generation: usage.generation,
      approval: job.approval,
    });
    return { signedTx, hash, lastLedgerSequence: intent.lastLedgerSequence!, signedAt, entry };
  }

  /** The answer given before: asking again for the same bytes signs and counts nothing more. */
  async #again(network: Network, account: string, digest: string): Promise<Performed> {
    // What memory knows may still be on its way to the disk.
    await this.#parts.usage.of(network).atomically(account, () => undefined);
    const found = await this.#parts.register.findDigest(network, digest);
    if (found === undefined) {
      throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'a counted transaction is missing from the register');
    }
    const { signedTx, hash, lastLedgerSequence, signedAt, entry, decision } = found;
    return { kind: 'signed', signed: { signedTx, hash, lastLedgerSequence, signedAt, entry }, decision };
  }
}
