import { err, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import { type Amount, parseAmount, parseMpt } from '../amount/amount.ts';
import { parseDecimal } from '../amount/decimal.ts';
import { WalletError } from '../error.ts';
import type { Direction, Movement, MovementKind } from './movement.ts';
import { factsOf, type TransactionType } from './transaction-types.ts';

/**
 * Every movement of a transaction, the fee first. Amounts are exact; a negative, malformed or out-of-range one refuses
 * the transaction. Inner transactions of a Batch are not entered.
 */
export function movementsOf(
  type: TransactionType,
  tx: JsonObject,
  fee: bigint,
): Result<readonly Movement[], WalletError> {
  const facts = factsOf(type);
  const counterparty = textOf(tx[facts.counterparty ?? 'Destination']);
  const movements: Movement[] = [];
  if (fee > 0n) movements.push(exact('out', 'Fee', { kind: 'xrp', drops: fee }, null));
  for (const [field, roleOf] of Object.entries(facts.fields)) {
    const value = tx[field];
    if (value === undefined) continue;
    const role = typeof roleOf === 'function' ? roleOf(tx) : roleOf;
    switch (role) {
      case 'plain':
      case 'batch':
        break;
      case 'terms': {
        if (typeof value !== 'string') return invalid(field);
        const number = parseDecimal(value);
        if (!number.ok) return number;
        movements.push(unbounded('unknown', 'limit', field, 'referenced', null, counterparty));
        break;
      }
      case 'out':
      case 'in':
      case 'limit':
      case 'lock': {
        const amount = readAmount(field, value, tx);
        if (!amount.ok) return invalid(field, amount.error);
        movements.push(exact(role, field, amount.value, partyOf(amount.value, field, counterparty)));
        break;
      }
      default: {
        const item = textOf(value);
        if (item === null) return invalid(field);
        const [what, direction] = role.split(':') as ['nft' | 'reference', Direction];
        movements.push(
          what === 'nft'
            ? unbounded('nft', direction, field, 'item', item, counterparty)
            : unbounded('unknown', direction, field, 'referenced', item, counterparty),
        );
      }
    }
  }
  for (const { direction, field, extent } of facts.unbounded?.(tx) ?? []) {
    movements.push(unbounded(extent === 'balance' ? 'xrp' : 'unknown', direction, field, extent, null, counterparty));
  }
  return ok(movements);
}

function readAmount(field: string, value: Json, tx: JsonObject): Result<Amount, WalletError> {
  if (field === 'MPTAmount') return parseMpt(textOf(value) ?? '', textOf(tx.MPTokenIssuanceID) ?? '');
  // The one signed amount: its role says the direction, its magnitude the amount.
  if (field === 'FeeAmountDelta' && typeof value === 'string') return parseAmount(value.replace(/^-/, ''));
  return parseAmount(value);
}

/** A trust line's counterparty is its issuer. */
function partyOf(amount: Amount, field: string, counterparty: string | null): string | null {
  return field === 'LimitAmount' && amount.kind === 'issued' ? amount.issuer : counterparty;
}

function exact(direction: Direction, field: string, amount: Amount, counterparty: string | null): Movement {
  return { kind: amount.kind, direction, field, extent: 'exact', amount, item: null, counterparty };
}

function unbounded(
  kind: MovementKind,
  direction: Direction,
  field: string,
  extent: Movement['extent'],
  item: string | null,
  counterparty: string | null,
): Movement {
  return { kind, direction, field, extent, amount: null, item, counterparty };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function invalid(field: string, cause?: WalletError): { ok: false; error: WalletError } {
  const code = cause?.code === 'AMOUNT_OUT_OF_RANGE' ? 'AMOUNT_OUT_OF_RANGE' : 'INVALID_AMOUNT';
  return err(new WalletError(code, `${field}: ${cause?.message ?? 'not a value of its kind'}`, { details: { field } }));
}
