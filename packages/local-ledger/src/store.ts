import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Entry, entryJson } from './entry.ts';
import { type Header, metaBlob, type Recorded } from './header.ts';
import { type Closed, type LedgerOptions, TestLedger } from './ledger.ts';
import { SAVE_EVERY } from './limits.ts';
import type { Meta } from './meta.ts';
import { decodeTransaction, transactionHash } from './transaction.ts';

/** State file of the local network, version 1: the last ledger's state, and the transactions of those before. */
interface StateFile {
  readonly version: 1;
  readonly networkId: number;
  readonly header: Header;
  readonly entries: readonly Record<string, unknown>[];
  /** Ledgers with transactions, oldest first. */
  readonly history: readonly {
    readonly header: Header;
    readonly transactions: readonly { readonly blob: string; readonly meta: Meta }[];
  }[];
}

/** Members whose strings are drops. SignerList's Owner is not in its JSON and is kept beside it. */
const DROPS: Readonly<Record<string, readonly string[]>> = {
  AccountRoot: ['Balance'],
  Escrow: ['Amount'],
  Check: ['SendMax'],
  PayChannel: ['Amount', 'Balance'],
};

/** Writes the ledger's closed state: whole, to a new file, then in place of the old one. */
export function saveLedger(path: string, ledger: TestLedger): void {
  const { header, state } = ledger.closed;
  const file: StateFile = {
    version: 1,
    networkId: ledger.networkId,
    header,
    entries: [...state!.values()].map((entry) => ({
      ...entryJson(entry),
      ...(entry.LedgerEntryType === 'SignerList' && { Owner: entry.Owner }),
    })),
    history: ledger.closedLedgers
      .filter(({ transactions }) => transactions.length > 0)
      .map(({ header: at, transactions }) => ({
        header: at,
        transactions: transactions.map(({ blob, meta }) => ({ blob, meta })),
      })),
  };
  const temporary = `${path}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(file));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
  // The new name is durable only once its folder is.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * The ledger of a state file, or a new one where there is none yet. It goes on {@link SAVE_EVERY} ledgers later, as
 * those that closed empty since the last save are not in the file.
 * @throws Error for a file that is damaged or of another network.
 */
export function loadLedger(path: string, options: LedgerOptions = {}): TestLedger {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new TestLedger(options);
    throw error;
  }
  const ledger = TestLedger.restore(parseState(text, options.networkId), options);
  ledger.skip(SAVE_EVERY);
  return ledger;
}

/** A saver for `onClose`: after each ledger that holds something, and every {@link SAVE_EVERY} anyway. */
export function saver(path: string): (ledger: TestLedger) => void {
  let unsaved = 0;
  let isNeeded = false;
  return (ledger) => {
    unsaved += 1;
    isNeeded ||= ledger.closed.transactions.length > 0 || unsaved >= SAVE_EVERY;
    if (!isNeeded) return;
    saveLedger(path, ledger);
    // Only now: what could not be written is tried again.
    unsaved = 0;
    isNeeded = false;
  };
}

function parseState(text: string, networkId: number | undefined): readonly Closed[] {
  const file = parseFile(text);
  if (networkId !== undefined && file.networkId !== networkId) {
    throw new Error(`the state file is of network ${file.networkId}, not ${networkId}`);
  }
  const state = new Map(file.entries.map((json) => [json.index as string, readEntry(json)] as const));
  const history = file.history.map(
    ({ header, transactions }): Closed => ({
      header,
      state: undefined,
      transactions: transactions.map(({ blob, meta }) => readRecorded(blob, meta, header.ledger_index)),
    }),
  );
  const last = history.at(-1);
  const isLast = last?.header.ledger_index === file.header.ledger_index;
  const closed = { header: file.header, state, transactions: isLast ? last.transactions : [] };
  return [...(isLast ? history.slice(0, -1) : history), closed];
}

function parseFile(text: string): StateFile {
  try {
    const file = JSON.parse(text) as Partial<StateFile>;
    const isWhole = file.version === 1 && file.header !== undefined && Array.isArray(file.entries);
    if (isWhole && Array.isArray(file.history)) return file as StateFile;
  } catch {
    // Told below.
  }
  throw new Error('the ledger state file is damaged; remove it to begin anew');
}

function readEntry(json: Record<string, unknown>): Entry {
  const drops = DROPS[json.LedgerEntryType as string] ?? [];
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, drops.includes(name) ? BigInt(value as string) : value]),
  ) as unknown as Entry;
}

function readRecorded(blob: string, meta: Meta, ledgerIndex: number): Recorded {
  metaBlob(meta); // what the codec cannot write was never ours
  return { hash: transactionHash(blob), blob, tx: decodeTransaction(blob), meta, ledgerIndex };
}
