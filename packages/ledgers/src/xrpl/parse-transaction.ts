import type { JsonObject } from '@wardmesh/core';
import { LedgersError } from '../error.ts';
import { resultOf } from './node.ts';
import { parseMarker } from './parse-account.ts';
import type { Page, Provisional, TransactionStatus, ValidatedTransaction } from './port.ts';
import { Reader } from './reader.ts';
import { isFinalResult, isResultName, resultFacts } from './result.ts';

/**
 * A validated transaction in the shape of API version 2: `tx_json`, `hash` and `meta` side by side. The result stands in
 * `meta.TransactionResult`, and in a ledger it is tesSUCCESS or a tec.
 */
export function parseValidated(row: Reader): ValidatedTransaction {
  const meta = row.object('meta');
  const result = meta.text('TransactionResult');
  if (!isFinalResult(result)) meta.fail('TransactionResult');
  const delivered = meta.json.delivered_amount;
  return {
    hash: row.hash('hash'),
    result,
    ledgerIndex: row.uint('ledger_index'),
    ledgerHash: row.hash('ledger_hash'),
    closeTime: row.isoTime('close_time_iso'),
    // Ancient payments say "unavailable"; what failed delivered nothing.
    delivered:
      delivered === undefined || delivered === 'unavailable' || result !== 'tesSUCCESS'
        ? undefined
        : meta.amount('delivered_amount'),
    position: meta.uint('TransactionIndex'),
    transaction: row.object('tx_json').json,
    meta: meta.json,
  };
}

/** A response to `tx`, also a refusal: not to be found is an answer. */
export function parseStatus(response: JsonObject, hash: string): TransactionStatus {
  if (response.status === 'error' && response.error === 'txnNotFound') {
    return { kind: 'not_found', hash, searchedAll: response.searched_all === true };
  }
  const result = resultOf(response);
  if (result.hash('hash') !== hash) result.fail('hash');
  if (result.json.validated !== true) return { kind: 'pending', hash };
  return { kind: 'validated', ...parseValidated(result) };
}

export function parseHistory(result: Reader, address: string): Page<ValidatedTransaction> {
  if (result.text('account') !== address) result.fail('account');
  const rows = result
    .objects('transactions')
    // The newest rows may be of a ledger that is not validated yet.
    .filter((row) => row.json.validated === true)
    .map(parseValidated);
  return { rows, marker: parseMarker(result) };
}

/** A response to `submit`. A blob the node calls invalid is a provisional answer too, not a fault of the connection. */
export function parseSubmit(response: JsonObject, hash: string): Provisional {
  if (response.status === 'error' && response.error === 'invalidTransaction') {
    const reason = typeof response.error_exception === 'string' ? response.error_exception.slice(0, 256) : '';
    return {
      hash,
      result: 'temINVALID',
      message: `The node calls the transaction invalid. ${reason}`.trim(),
      accepted: false,
      validatedIndex: 0,
      ...resultFacts('temINVALID'),
    };
  }
  const result = resultOf(response);
  const name = result.text('engine_result');
  if (!isResultName(name)) result.fail('engine_result');
  const said = new Reader(result.object('tx_json').json, 'result.tx_json').hash('hash');
  if (said !== hash) {
    throw new LedgersError('MALFORMED_ANSWER', 'the node speaks of another transaction than the one it was sent');
  }
  return {
    hash,
    result: name,
    message: result.has('engine_result_message') ? result.text('engine_result_message') : '',
    accepted: result.boolean('applied') || result.json.queued === true || result.json.kept === true,
    validatedIndex: result.uint('validated_ledger_index'),
    ...resultFacts(name),
  };
}
