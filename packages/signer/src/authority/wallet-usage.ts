import { isCounted, type Reservation } from '@wardmesh/wallet';

/** One wallet's reservations, indexed for what a decision asks. Plain memory: {@link Usage} keeps it in step with the disk. */
export class WalletUsage {
  readonly #entries = new Map<string, Reservation>();
  /** Those that count, by time. */
  readonly #counting: Reservation[] = [];
  readonly #open = new Map<string, Reservation>();
  readonly #bySequence = new Map<string, Set<string>>();
  readonly #known = new Set<string>();
  #mark = 0;

  find(id: string): Reservation | undefined {
    return this.#entries.get(id);
  }

  since(time: number): readonly Reservation[] {
    const recent = this.#counting.slice(this.#firstAt(time));
    for (const entry of this.#open.values()) if (entry.at < time) recent.push(entry);
    return recent;
  }

  using(sequences: readonly string[]): readonly Reservation[] {
    const ids = new Set<string>();
    for (const sequence of sequences) for (const id of this.#bySequence.get(sequence) ?? []) ids.add(id);
    return [...ids].map((id) => this.#entries.get(id)!);
  }

  isKnown(address: string): boolean {
    return this.#known.has(address);
  }

  lastSpendOver(threshold: bigint): number | null {
    return this.#counting.findLast(({ spend }) => spend >= threshold)?.at ?? null;
  }

  clockMark(): number {
    return this.#mark;
  }

  /**
   * The first Sequence from `from` on that nothing signed may still use up. Gaps are filled: what comes after one waits for it.
   * @param ledgerIndex what ended before it is not counted
   */
  freeSequence(from: number, ledgerIndex: number | null): number {
    for (let next = from; ; next++) {
      const ids = this.#bySequence.get(`sequence:${next}`);
      if (ids === undefined || !this.#mayStillBeIncluded(ids, ledgerIndex)) return next;
    }
  }

  #mayStillBeIncluded(ids: ReadonlySet<string>, ledgerIndex: number | null): boolean {
    if (ledgerIndex === null) return true;
    for (const id of ids) if (this.#entries.get(id)!.lastLedgerSequence >= ledgerIndex) return true;
    return false;
  }

  /** Whether an open reservation is of a transaction that no ledger from `ledgerIndex` on can include. */
  hasOpenBefore(ledgerIndex: number): boolean {
    for (const { lastLedgerSequence } of this.#open.values()) if (lastLedgerSequence < ledgerIndex) return true;
    return false;
  }

  put(entry: Reservation): void {
    this.remove(entry.id);
    this.#entries.set(entry.id, entry);
    if (entry.state === 'reserved') this.#open.set(entry.id, entry);
    if (!isCounted(entry)) return;
    this.#counting.splice(this.#firstAt(entry.at + 1), 0, entry);
    for (const sequence of entry.sequences) {
      const ids = this.#bySequence.get(sequence);
      if (ids === undefined) this.#bySequence.set(sequence, new Set([entry.id]));
      else ids.add(entry.id);
    }
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#open.delete(id);
    if (!isCounted(entry)) return;
    for (let i = this.#firstAt(entry.at); i < this.#counting.length; i++) {
      if (this.#counting[i] !== entry) continue;
      this.#counting.splice(i, 1);
      break;
    }
    for (const sequence of entry.sequences) {
      const ids = this.#bySequence.get(sequence);
      ids?.delete(id);
      if (ids?.size === 0) this.#bySequence.delete(sequence);
    }
  }

  learn(address: string): void {
    this.#known.add(address);
  }

  unlearn(address: string): void {
    this.#known.delete(address);
  }

  markClock(time: number): void {
    this.#mark = time;
  }

  /** Removes closed reservations of before `time`, at most `most`. @returns their ids */
  forget(time: number, most: number): readonly string[] {
    const ids: string[] = [];
    for (const entry of this.#entries.values()) {
      if (ids.length >= most) break;
      if (entry.at < time && entry.state !== 'reserved') ids.push(entry.id);
    }
    for (const id of ids) this.remove(id);
    return ids;
  }

  /** Position of the first counting entry made at `time` or later. */
  #firstAt(time: number): number {
    let low = 0;
    let high = this.#counting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#counting[middle]!.at < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
