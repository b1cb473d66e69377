import { type Entry, entryJson } from './entry.ts';
import type { ResultName } from './result.ts';
import type { TxAmount } from './transaction.ts';
import type { Change } from './view.ts';

type Fields = Record<string, unknown>;

/** Metadata as the API shows it. `delivered_amount` is the only one of payments to believe. */
export interface Meta {
  readonly AffectedNodes: readonly Record<string, Fields>[];
  readonly TransactionIndex: number;
  readonly TransactionResult: ResultName;
  readonly delivered_amount?: TxAmount;
  /** The ledger's own field, where what was delivered does not stand in the transaction itself. */
  readonly DeliveredAmount?: TxAmount;
}

const NOT_FIELDS: ReadonlySet<string> = new Set(['index', 'LedgerEntryType', 'PreviousTxnID', 'PreviousTxnLgrSeq']);

export function buildMeta(
  changes: readonly Change[],
  result: ResultName,
  position: number,
  delivered: TxAmount | undefined,
  isStated: boolean,
): Meta {
  return {
    AffectedNodes: changes.map(({ index, before, after }) => affectedNode(index, before, after)),
    TransactionIndex: position,
    TransactionResult: result,
    ...(delivered !== undefined && { delivered_amount: delivered }),
    ...(delivered !== undefined && !isStated && { DeliveredAmount: delivered }),
  };
}

function affectedNode(index: string, before: Entry | undefined, after: Entry | undefined): Record<string, Fields> {
  const LedgerEntryType = (after ?? before)!.LedgerEntryType;
  const head = { LedgerEntryType, LedgerIndex: index };
  if (before === undefined) return { CreatedNode: { ...head, NewFields: withoutDefaults(fieldsOf(after!)) } };
  const old = fieldsOf(before);
  if (after === undefined) return { DeletedNode: { ...head, FinalFields: old } };
  const fresh = fieldsOf(after);
  const changed = Object.keys(old).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]));
  return {
    ModifiedNode: {
      ...head,
      FinalFields: fresh,
      ...(changed.length > 0 && { PreviousFields: Object.fromEntries(changed.map((name) => [name, old[name]])) }),
      ...(before.PreviousTxnID !== undefined && {
        PreviousTxnID: before.PreviousTxnID,
        PreviousTxnLgrSeq: before.PreviousTxnLgrSeq,
      }),
    },
  };
}

function fieldsOf(entry: Entry): Fields {
  return Object.fromEntries(Object.entries(entryJson(entry)).filter(([name]) => !NOT_FIELDS.has(name)));
}

function withoutDefaults(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && value !== '0'));
}
