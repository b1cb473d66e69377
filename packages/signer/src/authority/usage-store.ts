import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Ledger, LedgerChange } from '@wardmesh/store';
import type { Reservation, UsageStore, UsageTransaction } from '@wardmesh/wallet';
import type { Network } from '../authority-ports.ts';
import { PRUNE_BATCH } from './limits.ts';
import { WalletUsage } from './wallet-usage.ts';

/** A validated ledger that an asker told of, and when. */
export interface LedgerStamp {
  readonly index: number;
  readonly at: number;
}

/**
 * The usage of all wallets: in memory, written through to sealed rows. A transaction runs on memory in the very turn in
 * which it is asked for, so nothing comes between its reads and writes; it resolves when the disk has it. Each row of a
 * reservation carries the wallet's clock mark and the ledger last told of, so that counting takes one row.
 *
 * Rows: `NETWORK/ADDRESS/r/ID` a reservation, `…/k/DESTINATION` a known one, `…/m` a mark that came alone; `…/p` is its policy (see Policies).
 */
export class Usage {
  readonly #ledger: Ledger;
  readonly #wallets = new Map<string, WalletUsage>();
  readonly #ledgers = new Map<Network, LedgerStamp>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    ledger.onLoad(() => this.#index());
  }

  /** The port of the wallet package over one network's wallets. `extra` rows are written with each transaction that writes. */
  of(network: Network, extra: readonly LedgerChange[] = []): UsageStore {
    return { atomically: (wallet, work) => this.#atomically(`${network}/${wallet}`, work, extra) };
  }

  /** What memory holds of a wallet now, staged changes included. */
  peek(network: Network, address: string): WalletUsage {
    return this.#wallet(`${network}/${address}`);
  }

  /** The validated ledger that rows written from now on are stamped with. */
  noteLedger(network: Network, index: number): void {
    this.#ledgers.set(network, { index, at: 0 });
  }

  /** The newest stamp on disk, at start: `at` is the time of the reservation that carries it, Unix ms. */
  stampOf(network: Network): LedgerStamp | undefined {
    return this.#ledgers.get(network);
  }

  /** Counts the writes of the table. */
  get generation(): number {
    return this.#ledger.generation('usage');
  }

  /** Loads after a failed write. @throws StoreError */
  async ready(): Promise<void> {
    if (!this.#ledger.isReady) await this.#ledger.ready();
  }

  /** Forgets closed reservations made before `time`, up to {@link PRUNE_BATCH} of them. @returns how many */
  async prune(time: number): Promise<number> {
    await this.ready();
    const changes: LedgerChange[] = [];
    let count = 0;
    for (const [key, usage] of this.#wallets) {
      const ids = usage.forget(time, PRUNE_BATCH - count);
      if (ids.length === 0) continue;
      count += ids.length;
      for (const id of ids) changes.push({ table: 'usage', id: `${key}/r/${id}`, value: null });
      // The mark must not go with the rows that carried it.
      changes.push({ table: 'usage', id: `${key}/m`, value: usage.clockMark() });
    }
    if (changes.length > 0) await this.#ledger.stage(changes);
    return count;
  }

  async #atomically<T>(
    key: string,
    work: (transaction: UsageTransaction) => T,
    extra: readonly LedgerChange[],
  ): Promise<T> {
    if (!this.#ledger.isReady) await this.#ledger.ready();
    const { result, changes } = this.#run(key, work, extra);
    // Also where nothing is written: what was read may be on its way to the disk, and must not be told before.
    await (changes.length > 0 ? this.#ledger.stage(changes) : this.#ledger.settled());
    return result;
  }

  #run<T>(
    key: string,
    work: (transaction: UsageTransaction) => T,
    extra: readonly LedgerChange[],
  ): { result: T; changes: readonly LedgerChange[] } {
    const usage = this.#wallet(key);
    const before = usage.clockMark();
    const undo: (() => void)[] = [];
    const saved = new Map<string, Reservation>();
    const learned: string[] = [];
    const transaction: UsageTransaction = {
      find: (id) => usage.find(id),
      since: (time) => usage.since(time),
      using: (sequences) => usage.using(sequences),
      isKnown: (address) => usage.isKnown(address),
      lastSpendOver: (threshold) => usage.lastSpendOver(threshold),
      clockMark: () => usage.clockMark(),
      save: (reservation) => {
        const old = usage.find(reservation.id);
        usage.put(reservation);
        saved.set(reservation.id, reservation);
        undo.push(() => (old === undefined ? usage.remove(reservation.id) : usage.put(old)));
      },
      learn: (address) => {
        if (usage.isKnown(address)) return;
        usage.learn(address);
        learned.push(address);
        undo.push(() => usage.unlearn(address));
      },
      markClock: (time) => {
        const old = usage.clockMark();
        usage.markClock(time);
        undo.push(() => usage.markClock(old));
      },
    };
    try {
      const result = work(transaction);
      const mark = usage.clockMark();
      const ledger = this.#ledgers.get(key.slice(0, key.indexOf('/')) as Network)?.index ?? null;
      const changes: LedgerChange[] = [...saved.values()].map((entry) => ({
        table: 'usage',
        id: `${key}/r/${entry.id}`,
        value: toRow(entry, mark, ledger),
      }));
      for (const address of learned) changes.push({ table: 'usage', id: `${key}/k/${address}`, value: 1 });
      if (mark !== before && saved.size === 0) changes.push({ table: 'usage', id: `${key}/m`, value: mark });
      if (changes.length > 0) changes.push(...extra);
      return { result, changes };
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
  }

  #wallet(key: string): WalletUsage {
    let usage = this.#wallets.get(key);
    if (usage === undefined) {
      usage = new WalletUsage();
      this.#wallets.set(key, usage);
    }
    return usage;
  }

  /** Rows come in the order in which they were written, so that the last mark is the one that holds. */
  #index(): void {
    this.#wallets.clear();
    for (const [id, value] of this.#ledger.entries('usage')) {
      const [network, address, kind, ...rest] = id.split('/');
      const usage = this.#wallet(`${network}/${address}`);
      const name = rest.join('/');
      if (kind === 'k') usage.learn(name);
      else if (kind === 'm') usage.markClock(value as number);
      else if (kind === 'r' && isJsonObject(value)) {
        usage.put(fromRow(value));
        usage.markClock(value.mark as number);
        if (typeof value.ledger === 'number') {
          this.#ledgers.set(network as Network, { index: value.ledger, at: value.at as number });
        }
      }
    }
  }
}

type Row = Omit<Reservation, 'spend' | 'fee'> & { readonly spend: string; readonly fee: string };

function toRow({ spend, fee, ...entry }: Reservation, mark: number, ledger: number | null): Json {
  return { ...entry, spend: spend.toString(), fee: fee.toString(), mark, ledger } as unknown as Json;
}

/** In the order of its type's members, as it was given. */
function fromRow(row: JsonObject): Reservation {
  const { id, wallet, digest, state, at, tier, spend, fee, transactions, destinations, sequences } =
    row as never as Row;
  const { lastLedgerSequence, policyHash } = row as never as Row;
  return {
    id,
    wallet,
    digest,
    state,
    at,
    tier,
    spend: BigInt(spend),
    fee: BigInt(fee),
    transactions,
    destinations,
    sequences,
    lastLedgerSequence,
    policyHash,
  };
}
