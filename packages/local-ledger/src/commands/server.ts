import type { TestLedger } from '../ledger.ts';
import { BASE_FEE, RESERVE_BASE, RESERVE_INCREMENT, RIPPLE_EPOCH } from '../limits.ts';
import type { Answer } from './select.ts';

/** A version that clients take for new enough to want NetworkID in transactions. */
export const BUILD_VERSION = '2.6.1';

function completeLedgers(ledger: TestLedger): string {
  const first = ledger.closedLedgers[0]!.header.ledger_index;
  const last = ledger.validated.header.ledger_index;
  return first === last ? `${first}` : `${first}-${last}`;
}

function common(ledger: TestLedger, now: number): Answer {
  return {
    build_version: BUILD_VERSION,
    complete_ledgers: completeLedgers(ledger),
    hostid: 'LOCAL',
    network_id: ledger.networkId,
    peers: 0,
    pubkey_node: 'n9KKBZvwPZ95rQi4BP3an1MRctTyavYkZiLpQwasmFYTE6RYdeX3',
    server_state: 'full',
    time: new Date(now).toISOString(),
    uptime: 1,
    validation_quorum: 1,
  };
}

export function serverInfo(ledger: TestLedger, now: number): Answer {
  const { header } = ledger.validated;
  const xrp = (drops: bigint): number => Number(drops) / 1_000_000;
  return {
    info: {
      ...common(ledger, now),
      load_factor: Number(ledger.load),
      validated_ledger: {
        age: Math.max(0, Math.floor(now / 1_000) - RIPPLE_EPOCH - header.close_time),
        base_fee_xrp: xrp(BASE_FEE),
        hash: header.ledger_hash,
        reserve_base_xrp: xrp(RESERVE_BASE),
        reserve_inc_xrp: xrp(RESERVE_INCREMENT),
        seq: header.ledger_index,
      },
    },
  };
}

export function serverState(ledger: TestLedger, now: number): Answer {
  const { header } = ledger.validated;
  return {
    state: {
      ...common(ledger, now),
      load_base: 256,
      load_factor: Number(ledger.load) * 256,
      validated_ledger: {
        base_fee: Number(BASE_FEE),
        close_time: header.close_time,
        hash: header.ledger_hash,
        reserve_base: Number(RESERVE_BASE),
        reserve_inc: Number(RESERVE_INCREMENT),
        seq: header.ledger_index,
      },
    },
  };
}

export function fee(ledger: TestLedger, openCount: number): Answer {
  const open = (BASE_FEE * ledger.load).toString();
  return {
    current_ledger_size: `${openCount}`,
    current_queue_size: '0',
    drops: { base_fee: `${BASE_FEE}`, median_fee: `${BASE_FEE}`, minimum_fee: `${BASE_FEE}`, open_ledger_fee: open },
    expected_ledger_size: '1000',
    ledger_current_index: ledger.openIndex,
    levels: {
      median_level: '256',
      minimum_level: '256',
      open_ledger_level: `${256n * ledger.load}`,
      reference_level: '256',
    },
    max_queue_size: '2000',
  };
}
