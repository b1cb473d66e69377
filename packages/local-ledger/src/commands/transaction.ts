import { encode } from 'ripple-binary-codec';
import { type Header, headerJson, metaBlob, type Recorded } from '../header.ts';
import type { TestLedger } from '../ledger.ts';
import { BASE_FEE, MAX_PAGE, RIPPLE_EPOCH } from '../limits.ts';
import { resultCode, resultMessage } from '../result.ts';
import type { Tx } from '../transaction.ts';
import { View } from '../view.ts';
import { RpcError } from './rpc-error.ts';
import { type Answer, accountParam, ledgerFields, limitParam, type Params, selectLedger } from './select.ts';

const isV1 = (params: Params): boolean => params.api_version !== 2;

/** A transaction as each version of the API shows it: version 2 has DeliverMax where payments have Amount. */
function txJson(tx: Tx, params: Params): Answer {
  if (tx.TransactionType !== 'Payment') return { ...tx };
  if (isV1(params)) return { ...tx, DeliverMax: tx.Amount };
  const { Amount, ...rest } = tx;
  return { ...rest, DeliverMax: Amount };
}

export function submit(ledger: TestLedger, params: Params): Answer {
  if (typeof params.tx_blob !== 'string') {
    // Signing for others would need their secrets: rippled refuses that by default too.
    if (params.secret !== undefined || params.seed !== undefined) throw new RpcError('notSupported');
    throw new RpcError('invalidParams', "Missing field 'tx_blob'.");
  }
  return propose(ledger, params.tx_blob, params);
}

export function submitMultisigned(ledger: TestLedger, params: Params): Answer {
  if (typeof params.tx_json !== 'object' || params.tx_json === null) {
    throw new RpcError('invalidParams', "Missing field 'tx_json'.");
  }
  let blob: string;
  try {
    blob = encode(params.tx_json);
  } catch (cause) {
    throw new RpcError('invalidTransaction', undefined, { error_exception: String(cause) });
  }
  return propose(ledger, blob, params);
}

function propose(ledger: TestLedger, blob: string, params: Params): Answer {
  let submission: ReturnType<TestLedger['submit']>;
  try {
    submission = ledger.submit(blob, params.fail_hard === true);
  } catch (cause) {
    throw new RpcError('invalidTransaction', undefined, { error_exception: String(cause) });
  }
  const { result, tx, hash, applied, held, fault } = submission;
  if (fault !== undefined) {
    throw new RpcError('invalidTransaction', undefined, { error_exception: `fails local checks: ${fault}` });
  }
  const sequence = new View(ledger.openState).account(tx.Account)?.Sequence ?? 0;
  return {
    accepted: applied || held,
    account_sequence_available: sequence,
    account_sequence_next: sequence,
    applied,
    broadcast: applied,
    engine_result: result,
    engine_result_code: resultCode(result),
    engine_result_message: resultMessage(result),
    kept: applied || held,
    open_ledger_cost: (BASE_FEE * ledger.load).toString(),
    queued: false,
    tx_blob: blob.toUpperCase(),
    tx_json: { ...txJson(tx, params), hash },
    ...(!isV1(params) && { hash }),
    validated_ledger_index: ledger.validated.header.ledger_index,
  };
}

export function tx(ledger: TestLedger, params: Params): Answer {
  const hash = typeof params.transaction === 'string' ? params.transaction.toUpperCase() : '';
  if (!/^[0-9A-F]{64}$/.test(hash)) throw new RpcError('invalidParams', "Missing field 'transaction'.");
  const recorded = ledger.recorded(hash);
  if (recorded !== undefined) return recordedJson(ledger, recorded, params);
  const pending = ledger.pending(hash);
  if (pending === undefined) {
    const range = { min: params.min_ledger, max: params.max_ledger };
    const searched = typeof range.min === 'number' && typeof range.max === 'number';
    throw new RpcError(
      'txnNotFound',
      undefined,
      searched ? { searched_all: searchedAll(ledger, range.min as number, range.max as number) } : {},
    );
  }
  if (params.binary === true) return { tx_blob: pending.blob, hash, validated: false };
  return isV1(params)
    ? { ...txJson(pending.tx, params), hash, validated: false }
    : { tx_json: txJson(pending.tx, params), hash, validated: false };
}

function searchedAll(ledger: TestLedger, min: number, max: number): boolean {
  const first = ledger.closedLedgers[0]!.header.ledger_index;
  return min >= first && max <= ledger.validated.header.ledger_index;
}

function recordedJson(ledger: TestLedger, recorded: Recorded, params: Params): Answer {
  const { hash, meta, ledgerIndex, blob } = recorded;
  const { header } = ledger.ledgerAt(ledgerIndex)!;
  const where = {
    hash,
    ledger_index: ledgerIndex,
    validated: ledger.isValidated(ledgerIndex),
    ctid: `C${ledgerIndex.toString(16).padStart(7, '0')}${meta.TransactionIndex.toString(16).padStart(4, '0')}${ledger.networkId.toString(16).padStart(4, '0')}`.toUpperCase(),
  };
  const closed = { close_time_iso: headerJson(header).close_time_iso, ledger_hash: header.ledger_hash };
  const date = header.close_time;
  if (params.binary === true) {
    const v1 = { tx: blob, meta: metaBlob(meta), date, inLedger: ledgerIndex };
    return isV1(params) ? { ...v1, ...where } : { tx_blob: blob, meta_blob: metaBlob(meta), ...where, ...closed };
  }
  if (isV1(params)) return { ...txJson(recorded.tx, params), meta, date, inLedger: ledgerIndex, ...where };
  return { tx_json: { ...txJson(recorded.tx, params), date, ledger_index: ledgerIndex }, meta, ...where, ...closed };
}

export function accountTx(ledger: TestLedger, params: Params): Answer {
  const account = accountParam(params);
  const bound = (name: string, otherwise: number): number => {
    const value = params[name];
    return typeof value === 'number' && value >= 0 ? value : otherwise;
  };
  const min = bound('ledger_index_min', ledger.closedLedgers[0]!.header.ledger_index);
  const max = Math.min(bound('ledger_index_max', Infinity), ledger.validated.header.ledger_index);
  const found = ledger.closedLedgers
    .filter(({ header }) => header.ledger_index >= min && header.ledger_index <= max)
    .flatMap(({ transactions }) => transactions)
    .filter((recorded) => touches(recorded, account));
  const limit = limitParam(params, MAX_PAGE, 200);
  const ordered = params.forward === true ? found : found.toReversed();
  const start = startOf(ordered, params.marker);
  const page = ordered.slice(start, start + limit);
  const next = ordered[start + limit];
  return {
    account,
    ledger_index_min: min,
    ledger_index_max: max,
    limit,
    transactions: page.map((recorded) => rowJson(ledger, recorded, params)),
    validated: true,
    ...(next !== undefined && { marker: { ledger: next.ledgerIndex, seq: next.meta.TransactionIndex } }),
  };
}

/** Where the page begins that a marker names: the marker is the first row that was not shown. */
function startOf(rows: readonly Recorded[], marker: unknown): number {
  if (marker === undefined) return 0;
  const { ledger, seq } = (marker ?? {}) as { ledger?: unknown; seq?: unknown };
  const at = rows.findIndex((row) => row.ledgerIndex === ledger && row.meta.TransactionIndex === seq);
  if (at === -1) throw new RpcError('invalidParams', 'Invalid marker.');
  return at;
}

function rowJson(ledger: TestLedger, recorded: Recorded, params: Params): Answer {
  const json = recordedJson(ledger, recorded, params);
  if (!isV1(params)) return json;
  const { meta, validated, ...rest } = json;
  return { tx: rest, meta, validated };
}

/** Whether a transaction is in an account's history: it is named, or an entry of its own was changed. */
export function touches({ tx, meta }: { readonly tx: Tx; readonly meta: Recorded['meta'] }, account: string): boolean {
  if (tx.Account === account || tx.Destination === account || tx.Owner === account) return true;
  return meta.AffectedNodes.some((node) => {
    const { FinalFields, NewFields } = Object.values(node)[0] as { FinalFields?: Answer; NewFields?: Answer };
    const fields = FinalFields ?? NewFields ?? {};
    return fields.Account === account || fields.Destination === account;
  });
}

export function ledgerCommand(ledger: TestLedger, params: Params): Answer {
  const selected = selectLedger(ledger, params);
  if (selected.kind === 'open') {
    return {
      ledger: { closed: false, ledger_index: selected.index, parent_hash: ledger.closed.header.ledger_hash },
      ...ledgerFields(selected),
    };
  }
  const { header, transactions } = selected.closed;
  const list = transactions.map((recorded) => {
    if (params.expand !== true) return recorded.hash;
    return params.binary === true
      ? { hash: recorded.hash, tx_blob: recorded.blob, meta: metaBlob(recorded.meta) }
      : {
          hash: recorded.hash,
          tx_json: txJson(recorded.tx, params),
          meta: recorded.meta,
          validated: selected.validated,
          ledger_index: header.ledger_index,
        };
  });
  return {
    ledger: { ...headerJson(header), ...(params.transactions === true && { transactions: list }) },
    ...ledgerFields(selected),
  };
}

/** What a `transaction` stream message says of a validated transaction. */
export function streamJson(ledger: TestLedger, recorded: Recorded, header: Header, params: Params): Answer {
  return {
    type: 'transaction',
    ...recordedJson(ledger, recorded, { api_version: 2 }),
    engine_result: recorded.meta.TransactionResult,
    engine_result_code: resultCode(recorded.meta.TransactionResult),
    engine_result_message: resultMessage(recorded.meta.TransactionResult),
    status: 'closed',
    close_time_iso: new Date((header.close_time + RIPPLE_EPOCH) * 1_000).toISOString(),
    ...(isV1(params) && {
      transaction: { ...txJson(recorded.tx, params), hash: recorded.hash, date: header.close_time },
    }),
  };
}
