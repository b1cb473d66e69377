import { err, isJsonObject, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_MPT_UNITS } from '../limits.ts';
import { type Decimal, formatDecimal, parseDecimal } from './decimal.ts';
import { formatXrp, parseDrops } from './drops.ts';

/** An exact amount of one asset, never negative. */
export type Amount =
  | { readonly kind: 'xrp'; readonly drops: bigint }
  | { readonly kind: 'issued'; readonly value: Decimal; readonly currency: string; readonly issuer: string }
  | { readonly kind: 'mpt'; readonly units: bigint; readonly issuanceId: string };

/** Reads an amount as the codec writes it: a string of drops, or an issued or MPT object. Negative amounts are refused. */
export function parseAmount(json: unknown): Result<Amount, WalletError> {
  if (typeof json === 'string') {
    const drops = parseDrops(json);
    return drops.ok ? ok({ kind: 'xrp', drops: drops.value }) : drops;
  }
  if (!isJsonObject(json) || typeof json.value !== 'string') {
    return err(new WalletError('INVALID_AMOUNT', 'not an amount'));
  }
  if (typeof json.mpt_issuance_id === 'string') return parseMpt(json.value, json.mpt_issuance_id);
  if (typeof json.currency === 'string' && typeof json.issuer === 'string') {
    const value = parseDecimal(json.value);
    if (!value.ok) return value;
    if (value.value.mantissa < 0n) return err(new WalletError('AMOUNT_OUT_OF_RANGE', 'a negative amount'));
    return ok({ kind: 'issued', value: value.value, currency: json.currency, issuer: json.issuer });
  }
  return err(new WalletError('INVALID_AMOUNT', 'not an amount'));
}

/** An MPT amount: whole units, 0 ≤ units < 2^63. */
export function parseMpt(units: string, issuanceId: string): Result<Amount, WalletError> {
  if (!/^(0|[1-9]\d{0,18})$/.test(units) || !/^[0-9A-F]{48}$/.test(issuanceId)) {
    return err(new WalletError('INVALID_AMOUNT', 'not an MPT amount'));
  }
  const value = BigInt(units);
  if (value > MAX_MPT_UNITS) return err(new WalletError('AMOUNT_OUT_OF_RANGE', 'more than 2^63 - 1 units'));
  return ok({ kind: 'mpt', units: value, issuanceId });
}

export function isZeroAmount(amount: Amount): boolean {
  if (amount.kind === 'xrp') return amount.drops === 0n;
  return amount.kind === 'mpt' ? amount.units === 0n : amount.value.mantissa === 0n;
}

/** The asset's one spelling: `XRP`, `USD.rIssuer…`, `mpt:<issuance id>`. Rates are configured by it. */
export function assetKey(amount: Amount): string {
  if (amount.kind === 'xrp') return 'XRP';
  return amount.kind === 'mpt' ? `mpt:${amount.issuanceId}` : `${amount.currency}.${amount.issuer}`;
}

/** For people: `1.5 XRP`, `20 USD (rIssuer…)`, `7 units of MPT 00…`. */
export function formatAmount(amount: Amount): string {
  if (amount.kind === 'xrp') return formatXrp(amount.drops);
  if (amount.kind === 'mpt') return `${amount.units} units of MPT ${amount.issuanceId}`;
  return `${formatDecimal(amount.value)} ${amount.currency} (${amount.issuer})`;
}
