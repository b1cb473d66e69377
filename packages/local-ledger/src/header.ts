import { decode, encode } from 'ripple-binary-codec';
import { accountStateHash, ledgerHash, transactionTreeHash } from 'ripple-binary-codec/dist/ledger-hashes.js';
import { entryJson } from './entry.ts';
import { RIPPLE_EPOCH } from './limits.ts';
import type { Meta } from './meta.ts';
import type { Tx } from './transaction.ts';
import type { State } from './view.ts';

/** A closed ledger's header. Times in Ripple seconds, `total_coins` in drops. */
export interface Header {
  readonly ledger_index: number;
  readonly ledger_hash: string;
  readonly parent_hash: string;
  readonly transaction_hash: string;
  readonly account_hash: string;
  readonly total_coins: string;
  readonly close_time: number;
  readonly parent_close_time: number;
  readonly close_time_resolution: number;
  readonly close_flags: number;
}

/** A transaction in a closed ledger. */
export interface Recorded {
  readonly hash: string;
  readonly blob: string;
  readonly tx: Tx;
  readonly meta: Meta;
  readonly ledgerIndex: number;
}

/** Metadata as the codec writes it: `delivered_amount` is the API's addition, `DeliveredAmount` the ledger's field. */
export function metaBlob({ delivered_amount: _, ...meta }: Meta): string {
  return encode(meta);
}

/** Root of the SHAMap over all entries of a state. */
export function stateHash(state: State): string {
  return accountStateHash([...state.values()].map((entry) => entryJson(entry) as { index: string })).toHex();
}

/**
 * A header with real hashes: SHAMap roots over the transactions with their metadata and over the state entries, and the
 * hash over the header itself, as any client can recompute them.
 */
export function makeHeader(
  parent: Header | undefined,
  index: number,
  closeTime: number,
  totalDrops: bigint,
  state: State,
  transactions: readonly Recorded[],
): Header {
  const fields = {
    ledger_index: index,
    total_coins: totalDrops.toString(),
    parent_hash: parent?.ledger_hash ?? '0'.repeat(64),
    transaction_hash: transactionTreeHash(
      transactions.map(({ hash, tx, meta }) => ({ hash, ...decode(encode(tx)), metaData: decode(metaBlob(meta)) })),
    ).toHex(),
    account_hash: stateHash(state),
    parent_close_time: parent?.close_time ?? 0,
    close_time: closeTime,
    close_time_resolution: 10,
    close_flags: 0,
  };
  return { ...fields, ledger_hash: ledgerHash(fields).toHex() };
}

/** A header as the `ledger` command shows it. */
export function headerJson(header: Header): Record<string, unknown> {
  const iso = new Date((header.close_time + RIPPLE_EPOCH) * 1_000).toISOString().replace('.000Z', 'Z');
  return { ...header, closed: true, close_time_human: iso, close_time_iso: iso };
}
