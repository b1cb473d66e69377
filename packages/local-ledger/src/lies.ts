import type { Faults } from './faults.ts';

type Lie = NonNullable<Faults['lie']>;
type Answer = Record<string, unknown>;

/** Lies of a node, each a value for `faults.lie`. They are what a client must not fall for. */
export const LIES = {
  /** Answers submit with tesSUCCESS whatever it really said, as one that swallows transactions would. */
  claimSuccess: ({ command, params }, response) =>
    command === 'submit' ? success(response, { ...accepted(params.tx_blob as string, response) }) : undefined,
  /** Every balance is a million XRP. */
  wrongBalance: ({ command }, response) => {
    if (command !== 'account_info' || response.status !== 'success') return undefined;
    const result = response.result as Answer;
    return success(response, {
      ...result,
      account_data: { ...(result.account_data as Answer), Balance: '1000000000000' },
    });
  },
  /** Speaks of another transaction than the one it was asked about. */
  wrongHash: ({ command }, response) => {
    if (response.status !== 'success' || (command !== 'tx' && command !== 'submit')) return undefined;
    const result = response.result as Answer;
    const hash = 'F'.repeat(64);
    return success(response, { ...result, hash, tx_json: { ...(result.tx_json as Answer), hash } });
  },
  /** Is on mainnet, it says. */
  wrongNetwork: ({ command }, response) => {
    if (command !== 'server_state' && command !== 'server_info') return undefined;
    const result = response.result as Answer;
    const [name] = Object.keys(result) as ['state' | 'info'];
    return success(response, { [name]: { ...(result[name] as Answer), network_id: 0 } });
  },
} satisfies Record<string, Lie>;

/**
 * A node that says of one transaction that a validated ledger holds it, with a story that fits together: `tx` and
 * `ledger` agree. Only another node can tell.
 */
export function claimValidated(hash: string, ledgerIndex: number, result = 'tesSUCCESS'): Lie {
  const ledgerHash = 'AB'.repeat(32);
  return ({ command, params }, response) => {
    if (command === 'tx' && params.transaction === hash) {
      return success(response, {
        tx_json: { TransactionType: 'Payment' },
        hash,
        meta: { TransactionResult: result, TransactionIndex: 0, AffectedNodes: [], delivered_amount: '1' },
        ledger_index: ledgerIndex,
        ledger_hash: ledgerHash,
        close_time_iso: '2026-01-01T00:00:00Z',
        validated: true,
      });
    }
    if (command !== 'ledger' || params.ledger_index !== ledgerIndex) return undefined;
    const header = {
      ledger_index: ledgerIndex,
      ledger_hash: ledgerHash,
      parent_hash: ledgerHash,
      close_time: 820_000_000,
      total_coins: '100000000000000000',
      transactions: [hash],
    };
    return success(response, { ledger: header, ledger_index: ledgerIndex, ledger_hash: ledgerHash, validated: true });
  };
}

/** A node that says the transaction is nowhere and its time is over. */
export function claimExpired(hash: string, validatedIndex: number): Lie {
  return ({ command, params }, response) => {
    if (command === 'tx' && params.transaction === hash) {
      return {
        id: response.id,
        type: 'response',
        status: 'error',
        error: 'txnNotFound',
        error_code: 29,
        searched_all: true,
      };
    }
    if (command !== 'server_state') return undefined;
    const { state } = response.result as { state: Answer };
    const validated = { ...(state.validated_ledger as Answer), seq: validatedIndex };
    return success(response, { state: { ...state, validated_ledger: validated } });
  };
}

function success(response: Answer, result: Answer): Answer {
  return { id: response.id, type: 'response', status: 'success', result };
}

function accepted(blob: string, response: Answer): Answer {
  const result = (response.result ?? {}) as Answer;
  return {
    ...result,
    accepted: true,
    applied: true,
    broadcast: true,
    kept: true,
    engine_result: 'tesSUCCESS',
    engine_result_code: 0,
    engine_result_message: 'The transaction was applied. Only final in a validated ledger.',
    tx_blob: blob,
  };
}
