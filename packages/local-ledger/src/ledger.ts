import { type Clock, systemClock } from '@wardmesh/core';
import { encode, encodeForSigning } from 'ripple-binary-codec';
import { deriveKeypair, sign } from 'ripple-keypairs';
import { applyTransaction } from './engine.ts';
import type { AccountRoot, Entry } from './entry.ts';
import { type Header, makeHeader, type Recorded, stateHash } from './header.ts';
import { assertInvariants } from './invariants.ts';
import { accountIndex } from './keylet.ts';
import {
  FAUCET_DROPS,
  GENESIS_DROPS,
  KEPT_LEDGERS,
  KEPT_STATES,
  LAST_LEGACY_NETWORK_ID,
  LOCAL_NETWORK_ID,
  MAX_HELD,
  RIPPLE_EPOCH,
} from './limits.ts';
import type { Meta } from './meta.ts';
import { preflight } from './preflight.ts';
import { isClaimed, type ResultName } from './result.ts';
import { signatureFault } from './signature.ts';
import { decodeTransaction, type Tx, transactionHash } from './transaction.ts';
import type { State } from './view.ts';

/** The account that holds all XRP at genesis, as in every stand-alone rippled; its seed is public. */
export const GENESIS_ACCOUNT = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
const GENESIS_SEED = 'snoPBrXtMeMyMHUVTgbuqAfg1SUTb';
const GENESIS_INDEX = 1;

export interface LedgerOptions {
  readonly networkId?: number;
  /** Close times come from it. */
  readonly clock?: Clock;
  /** First index; above 256 so that accounts can be deleted in a test's time. Default 1. */
  readonly firstIndex?: number;
}

/** What submitting a blob came to; provisional until a ledger is validated. */
export interface Submission {
  readonly result: ResultName;
  readonly hash: string;
  readonly tx: Tx;
  /** In the open ledger. */
  readonly applied: boolean;
  /** Kept for the next ledgers though not applied. */
  readonly held: boolean;
  /** Why the signatures are not genuine, where that is the reason. */
  readonly fault?: string;
}

export interface Closed {
  readonly header: Header;
  readonly state: State | undefined;
  readonly transactions: readonly Recorded[];
}

/** What a new ledger or transaction tells its listeners. */
export interface LedgerListener {
  /** A ledger became validated. */
  validated?(closed: Closed): void;
  /** A transaction entered the open ledger. */
  proposed?(submission: Submission): void;
}

interface Candidate {
  readonly blob: string;
  readonly hash: string;
  readonly tx: Tx;
}

/**
 * A ledger of one node that obeys: it closes when told, with exact integer state and the real codec, hashes and result
 * codes. Nothing here is a network; `server.ts` puts it behind a WebSocket.
 */
export class TestLedger {
  readonly networkId: number;
  readonly #clock: Clock;
  readonly #listeners = new Set<LedgerListener>();
  #closed: Closed[] = [];
  #open: Map<string, Entry> = new Map();
  #openTransactions: Candidate[] = [];
  #openMeta = new Map<string, { tx: Tx; blob: string; meta: Meta }>();
  #held: Candidate[] = [];
  #byHash = new Map<string, Recorded>();
  #totalDrops = GENESIS_DROPS;
  #lag = 0;
  /** Fee asked for, in multiples of the base cost: the control that makes telINSUF_FEE_P. */
  load = 1n;

  constructor(options: LedgerOptions = {}) {
    this.networkId = options.networkId ?? LOCAL_NETWORK_ID;
    this.#clock = options.clock ?? systemClock;
    const index = accountIndex(GENESIS_ACCOUNT);
    const genesis: AccountRoot = {
      index,
      LedgerEntryType: 'AccountRoot',
      Flags: 0,
      Account: GENESIS_ACCOUNT,
      Balance: GENESIS_DROPS,
      Sequence: 1,
      OwnerCount: 0,
    };
    const state = new Map<string, Entry>([[index, genesis]]);
    const first = options.firstIndex ?? GENESIS_INDEX;
    this.#closed = [
      { header: makeHeader(undefined, first, this.#now(), GENESIS_DROPS, state, []), state, transactions: [] },
    ];
    this.#open = new Map(state);
  }

  /** Restores what {@link TestLedger.closedLedgers} of another gave. @throws where hashes do not fit. */
  static restore(closed: readonly Closed[], options: LedgerOptions = {}): TestLedger {
    const ledger = new TestLedger(options);
    const last = closed.at(-1);
    if (last?.state === undefined) throw new RangeError('a restored ledger needs the state of its last ledger');
    assertInvariants(undefined, { state: last.state, totalDrops: BigInt(last.header.total_coins) }, 0n);
    if (stateHash(last.state) !== last.header.account_hash) throw new Error('the state is not that of its ledger');
    ledger.#closed = [...closed];
    ledger.#totalDrops = BigInt(last.header.total_coins);
    ledger.#byHash = new Map(closed.flatMap(({ transactions }) => transactions.map((t) => [t.hash, t] as const)));
    ledger.#open = new Map(last.state);
    return ledger;
  }

  #now(): number {
    return Math.floor(this.#clock.now() / 1_000) - RIPPLE_EPOCH;
  }

  /** Last closed ledger, validated or not. */
  get closed(): Closed {
    return this.#closed.at(-1)!;
  }

  /** Last validated ledger: the last closed one unless validation lags. */
  get validated(): Closed {
    return this.#closed[Math.max(0, this.#closed.length - 1 - this.#lag)]!;
  }

  /** Every ledger kept, oldest first; old ones without their state. */
  get closedLedgers(): readonly Closed[] {
    return this.#closed;
  }

  get openState(): State {
    return this.#open;
  }

  get openIndex(): number {
    return this.closed.header.ledger_index + 1;
  }

  /** Transactions in the open ledger. */
  get openCount(): number {
    return this.#openTransactions.length;
  }

  listen(listener: LedgerListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ledgerAt(index: number): Closed | undefined {
    return this.#closed.findLast(({ header }) => header.ledger_index === index);
  }

  isValidated(index: number): boolean {
    return index <= this.validated.header.ledger_index && this.ledgerAt(index) !== undefined;
  }

  /** A transaction of a closed ledger. */
  recorded(hash: string): Recorded | undefined {
    return this.#byHash.get(hash);
  }

  /** A transaction that is in the open ledger only. */
  pending(hash: string): { tx: Tx; blob: string; meta: Meta } | undefined {
    return this.#openMeta.get(hash);
  }

  /**
   * Applies a signed blob to the open ledger. @param failHard neither applied nor kept unless it succeeds at once.
   * @throws TypeError for what is not a canonical transaction.
   */
  submit(blob: string, failHard = false): Submission {
    const tx = decodeTransaction(blob);
    const candidate = { blob: blob.toUpperCase(), hash: transactionHash(blob), tx };
    const checked = preflight(tx, this.networkId);
    if (checked !== 'tesSUCCESS') {
      const fault = checked === 'temBAD_SIGNATURE' ? signatureFault(tx) : undefined;
      return {
        result: checked,
        hash: candidate.hash,
        tx,
        applied: false,
        held: false,
        ...(fault !== undefined && { fault }),
      };
    }
    return this.#propose(candidate, failHard);
  }

  #propose(candidate: Candidate, failHard: boolean): Submission {
    const { hash, tx } = candidate;
    if (this.#byHash.has(hash)) return { result: 'tefALREADY', hash, tx, applied: false, held: false };
    const target = failHard ? new Map(this.#open) : this.#open;
    const { result, meta } = applyTransaction(
      tx,
      hash,
      target,
      this.#context(this.#openTransactions.length, this.load),
    );
    const applied = isClaimed(result) && !(failHard && result !== 'tesSUCCESS');
    if (applied && meta !== undefined) {
      this.#open = target;
      this.#openTransactions.push(candidate);
      this.#openMeta.set(hash, { tx, blob: candidate.blob, meta });
    }
    const held = result.startsWith('ter') && !failHard && this.#hold(candidate);
    const submission = { result, hash, tx, applied, held };
    if (applied) {
      for (const listener of this.#listeners) listener.proposed?.(submission);
      this.#retryHeld();
    }
    return submission;
  }

  #hold(candidate: Candidate): boolean {
    if (this.#held.some(({ hash }) => hash === candidate.hash)) return true;
    if (this.#held.length >= MAX_HELD) return false;
    this.#held.push(candidate);
    return true;
  }

  #retryHeld(): void {
    const waiting = this.#held;
    this.#held = [];
    for (const candidate of waiting) this.#propose(candidate, false);
  }

  #context(position: number, load: bigint) {
    const { header } = this.closed;
    return {
      index: this.openIndex,
      parentCloseTime: header.close_time,
      included: this.#openMeta,
      position,
      load,
    };
  }

  /**
   * Closes the open ledger: its transactions are applied again, in order, to the state of the last closed ledger.
   * Validated at once, unless validation lags.
   */
  close(): Closed {
    const parent = this.closed;
    const state = new Map(parent.state!);
    const candidates = this.#openTransactions;
    this.#openTransactions = [];
    this.#openMeta = new Map();
    const recorded: Recorded[] = [];
    let fees = 0n;
    for (const { blob, hash, tx } of candidates) {
      // Load is a matter of entering the open ledger, not of the ledger itself.
      const { meta } = applyTransaction(tx, hash, state, this.#context(recorded.length, 1n));
      if (meta === undefined) continue;
      recorded.push({ hash, blob, tx, meta, ledgerIndex: this.openIndex });
      fees += BigInt(tx.Fee);
    }
    assertInvariants(
      { state: parent.state!, totalDrops: this.#totalDrops },
      { state, totalDrops: this.#totalDrops - fees },
      fees,
    );
    this.#totalDrops -= fees;
    const closeTime = Math.max(parent.header.close_time + 1, this.#now());
    const header = makeHeader(parent.header, this.openIndex, closeTime, this.#totalDrops, state, recorded);
    const validatedBefore = this.validated.header.ledger_index;
    this.#closed.push({ header, state, transactions: recorded });
    for (const entry of recorded) this.#byHash.set(entry.hash, entry);
    this.#forgetOldState();
    this.#open = new Map(state);
    this.#announce(validatedBefore);
    this.#held = this.#held.filter(({ tx }) => (tx.LastLedgerSequence ?? Infinity) >= this.openIndex);
    this.#retryHeld();
    return this.closed;
  }

  /** Closes `count` ledgers. */
  advance(count: number): void {
    for (let i = 0; i < count; i++) this.close();
  }

  /** Closes an empty ledger `count` indexes on, as a node does that was away. Only for an open ledger without transactions. */
  skip(count: number): void {
    const parent = this.closed;
    const { state } = parent;
    if (this.#openTransactions.length > 0 || state === undefined) throw new RangeError('the open ledger is in use');
    const index = parent.header.ledger_index + count;
    const closeTime = Math.max(parent.header.close_time + 1, this.#now());
    const header = makeHeader(parent.header, index, closeTime, this.#totalDrops, state, []);
    this.#closed.push({ header, state, transactions: [] });
  }

  #announce(after: number): void {
    for (const closed of this.#closed) {
      if (closed.header.ledger_index <= after || !this.isValidated(closed.header.ledger_index)) continue;
      for (const listener of this.#listeners) listener.validated?.(closed);
    }
  }

  #forgetOldState(): void {
    const old = this.#closed.length - 1 - KEPT_STATES;
    const closed = this.#closed[old];
    if (closed?.state !== undefined) this.#closed[old] = { ...closed, state: undefined };
    // A local network runs for weeks: old ledgers that hold nothing are not missed. The first one stays, as the range's start.
    const oldest = this.#closed.length - 1 - KEPT_LEDGERS;
    if (oldest > 0 && this.#closed[oldest]!.transactions.length === 0) this.#closed.splice(oldest, 1);
  }

  /** From now on the last `ledgers` closed ledgers are not validated yet. */
  lag(ledgers: number): void {
    const before = this.validated.header.ledger_index;
    this.#lag = ledgers;
    this.#announce(before);
  }

  /** Abandons the last `count` closed ledgers and all that is open, as a node that was on a fork does. */
  fork(count: number): void {
    if (count < 1 || count >= this.#closed.length || this.#closed.at(-1 - count)!.state === undefined) {
      throw new RangeError('that many ledgers cannot be abandoned');
    }
    for (const { transactions } of this.#closed.splice(this.#closed.length - count)) {
      for (const { hash } of transactions) this.#byHash.delete(hash);
    }
    this.#totalDrops = BigInt(this.closed.header.total_coins);
    this.#openTransactions = [];
    this.#openMeta = new Map();
    this.#held = [];
    this.#open = new Map(this.closed.state!);
  }

  /** A second node with the same history, which goes its own way from here: the other side of a fork. */
  twin(): TestLedger {
    return TestLedger.restore(this.#closed, { networkId: this.networkId, clock: this.#clock });
  }

  /** Pays from the genesis account, an ordinary signed payment in the open ledger. @returns its hash */
  fund(address: string, drops: bigint = FAUCET_DROPS): string {
    const { publicKey, privateKey } = deriveKeypair(GENESIS_SEED);
    const tx = {
      TransactionType: 'Payment',
      Account: GENESIS_ACCOUNT,
      Destination: address,
      Amount: drops.toString(),
      Fee: (10n * this.load).toString(),
      Sequence: (this.#open.get(accountIndex(GENESIS_ACCOUNT)) as AccountRoot).Sequence,
      SigningPubKey: publicKey,
      ...(this.networkId > LAST_LEGACY_NETWORK_ID && { NetworkID: this.networkId }),
    };
    const { result, hash } = this.submit(encode({ ...tx, TxnSignature: sign(encodeForSigning(tx), privateKey) }));
    if (result !== 'tesSUCCESS') throw new Error(`the faucet could not pay: ${result}`);
    return hash;
  }
}
