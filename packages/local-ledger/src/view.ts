import type { AccountRoot, Entry, EntryType } from './entry.ts';
import { accountIndex } from './keylet.ts';

/** All entries of a ledger by their index. Entries are values: they are replaced, never changed. */
export type State = ReadonlyMap<string, Entry>;

export interface Change {
  readonly index: string;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** Writes over a state that take effect only when they are committed: a transaction happens as a whole or not at all. */
export class View {
  readonly #base: State;
  readonly #writes = new Map<string, Entry | undefined>();

  constructor(base: State) {
    this.#base = base;
  }

  get(index: string): Entry | undefined {
    return this.#writes.has(index) ? this.#writes.get(index) : this.#base.get(index);
  }

  /** The entry of that index where it is of that type. */
  find<T extends EntryType>(type: T, index: string): Extract<Entry, { LedgerEntryType: T }> | undefined {
    const entry = this.get(index);
    return entry?.LedgerEntryType === type ? (entry as Extract<Entry, { LedgerEntryType: T }>) : undefined;
  }

  account(address: string): AccountRoot | undefined {
    return this.find('AccountRoot', accountIndex(address));
  }

  /** An account that the caller knows to exist. */
  need(address: string): AccountRoot {
    const account = this.account(address);
    if (account === undefined) throw new Error(`no account ${address}`);
    return account;
  }

  put(entry: Entry): void {
    this.#writes.set(entry.index, entry);
  }

  /** Changes members of an account; a member set to undefined is removed. */
  patch(address: string, change: { readonly [K in keyof AccountRoot]?: AccountRoot[K] | undefined }): void {
    const merged = { ...this.need(address), ...change };
    this.put(Object.fromEntries(Object.entries(merged).filter(([, v]) => v !== undefined)) as unknown as AccountRoot);
  }

  addBalance(address: string, drops: bigint): void {
    this.patch(address, { Balance: this.need(address).Balance + drops });
  }

  addOwned(address: string, count: number): void {
    this.patch(address, { OwnerCount: this.need(address).OwnerCount + count });
  }

  erase(index: string): void {
    this.#writes.set(index, undefined);
  }

  *entries(): Iterable<Entry> {
    for (const [index, entry] of this.#base) if (!this.#writes.has(index)) yield entry;
    for (const entry of this.#writes.values()) if (entry !== undefined) yield entry;
  }

  /** What a commit would change, ordered by index. */
  changes(): readonly Change[] {
    return [...this.#writes]
      .map(([index, after]) => ({ index, before: this.#base.get(index), after }))
      .filter(({ before, after }) => before !== after)
      .sort((a, b) => (a.index < b.index ? -1 : 1));
  }

  commit(target: Map<string, Entry>): void {
    for (const { index, after } of this.changes()) {
      if (after === undefined) target.delete(index);
      else target.set(index, after);
    }
  }
}
