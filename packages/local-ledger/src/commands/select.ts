import { isValidClassicAddress } from 'ripple-address-codec';
import type { Closed, TestLedger } from '../ledger.ts';
import { View } from '../view.ts';
import { RpcError } from './rpc-error.ts';

export type Params = Readonly<Record<string, unknown>>;
export type Answer = Record<string, unknown>;

/** The ledger a request names: a closed one, or the open one. */
export type Selected =
  | { readonly kind: 'closed'; readonly closed: Closed; readonly validated: boolean }
  | { readonly kind: 'open'; readonly index: number };

/** @throws RpcError lgrNotFound, invalidParams */
export function selectLedger(ledger: TestLedger, params: Params): Selected {
  const { ledger_index: index, ledger_hash: hash } = params;
  if (typeof hash === 'string') {
    return asClosed(
      ledger,
      ledger.closedLedgers.find(({ header }) => header.ledger_hash === hash.toUpperCase()),
    );
  }
  if (index === undefined || index === 'validated') return asClosed(ledger, ledger.validated);
  if (index === 'closed') return asClosed(ledger, ledger.closed);
  if (index === 'current') return { kind: 'open', index: ledger.openIndex };
  const number = typeof index === 'string' ? Number(index) : index;
  if (!Number.isSafeInteger(number)) throw new RpcError('invalidParams', 'Invalid field ledger_index.');
  return asClosed(ledger, ledger.ledgerAt(number as number));
}

function asClosed(ledger: TestLedger, closed: Closed | undefined): Selected {
  if (closed === undefined) throw new RpcError('lgrNotFound');
  return { kind: 'closed', closed, validated: ledger.isValidated(closed.header.ledger_index) };
}

/** A read-only view of the state a request is about. @throws RpcError lgrNotFound */
export function stateOf(ledger: TestLedger, selected: Selected): View {
  if (selected.kind === 'open') return new View(ledger.openState);
  if (selected.closed.state === undefined) throw new RpcError('lgrNotFound');
  return new View(selected.closed.state);
}

/** How an answer names its ledger. */
export function ledgerFields(selected: Selected): Answer {
  if (selected.kind === 'open') return { ledger_current_index: selected.index, validated: false };
  const { ledger_index, ledger_hash } = selected.closed.header;
  return { ledger_index, ledger_hash, validated: selected.validated };
}

/** @throws RpcError invalidParams, actMalformed */
export function accountParam(params: Params, name = 'account'): string {
  const value = params[name];
  if (typeof value !== 'string') throw new RpcError('invalidParams', `Missing field '${name}'.`);
  if (!isValidClassicAddress(value)) throw new RpcError('actMalformed');
  return value;
}

/** A page size within 10…400, as rippled clamps it. */
export function limitParam(params: Params, most: number, usual: number): number {
  const { limit } = params;
  if (limit === undefined) return usual;
  if (typeof limit !== 'number' || !Number.isSafeInteger(limit) || limit < 1) {
    throw new RpcError('invalidParams', "Invalid field 'limit'.");
  }
  return Math.min(limit, most);
}
