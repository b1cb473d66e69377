import type { Fee, LedgerHeader, ServerInfo } from './port.ts';
import type { Reader } from './reader.ts';

/** `server_state`: unlike server_info it tells drops as integers. */
export function parseServerState(result: Reader): ServerInfo {
  const state = result.object('state');
  const ledger = state.object('validated_ledger');
  return {
    networkId: state.uint('network_id'),
    buildVersion: state.text('build_version'),
    completeLedgers: state.text('complete_ledgers'),
    validated: { index: ledger.uint('seq'), hash: ledger.hash('hash') },
    baseFee: ledger.smallDrops('base_fee'),
    reserveBase: ledger.smallDrops('reserve_base'),
    reserveIncrement: ledger.smallDrops('reserve_inc'),
  };
}

export function parseFee(result: Reader): Fee {
  const drops = result.object('drops');
  return {
    baseFee: drops.drops('base_fee'),
    openLedgerFee: drops.drops('open_ledger_fee'),
    medianFee: drops.drops('median_fee'),
    minimumFee: drops.drops('minimum_fee'),
    currentIndex: result.uint('ledger_current_index'),
  };
}

export function parseLedger(result: Reader): LedgerHeader {
  const header = result.object('ledger');
  const index = header.json.ledger_index;
  // rippled has written it as text and as a number.
  const isText = typeof index === 'string' && /^\d{1,10}$/.test(index);
  const transactions = header.has('transactions')
    ? header.array('transactions').map((hash) => (isHash(hash) ? hash : header.fail('transactions')))
    : undefined;
  return {
    index: isText ? Number(index) : header.uint('ledger_index'),
    hash: header.hash('ledger_hash'),
    parentHash: header.hash('parent_hash'),
    closeTime: header.rippleTime('close_time'),
    totalDrops: header.drops('total_coins'),
    validated: result.json.validated === true,
    transactions,
  };
}

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9A-F]{64}$/.test(value);
