import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_DECIMAL_CHARS, MAX_DECIMAL_EXPONENT } from '../limits.ts';

/** An exact decimal: mantissa × 10^exponent. Normal form: no trailing zero in the mantissa; zero is 0 × 10^0. */
export interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

export const ZERO: Decimal = { mantissa: 0n, exponent: 0 };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/;

/** The normal form of mantissa × 10^exponent. */
export function decimal(mantissa: bigint, exponent = 0): Decimal {
  if (mantissa === 0n) return ZERO;
  let m = mantissa;
  let e = exponent;
  while (m % 10n === 0n) {
    m /= 10n;
    e++;
  }
  return { mantissa: m, exponent: e };
}

/**
 * Reads a decimal exactly: digits, optionally a fraction and an exponent of ten; no sign but `-`, no spaces, at most
 * {@link MAX_DECIMAL_CHARS} characters. @returns INVALID_AMOUNT for anything else.
 */
export function parseDecimal(text: string): Result<Decimal, WalletError> {
  const match = text.length <= MAX_DECIMAL_CHARS ? DECIMAL.exec(text) : null;
  if (match === null) return err(new WalletError('INVALID_AMOUNT', 'not a decimal number'));
  const [, sign, whole, fraction = '', power = '0'] = match;
  // The exponent counts digits, not money: five digits fit a double exactly.
  const exponent = Number.parseInt(power, 10) - fraction.length;
  if (Math.abs(exponent) > MAX_DECIMAL_EXPONENT) {
    return err(new WalletError('AMOUNT_OUT_OF_RANGE', 'the exponent is out of range'));
  }
  const magnitude = BigInt(`${whole}${fraction}`);
  return ok(decimal(sign === '-' ? -magnitude : magnitude, exponent));
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const floor = Math.min(a.exponent, b.exponent);
  const x = a.mantissa * 10n ** BigInt(a.exponent - floor);
  const y = b.mantissa * 10n ** BigInt(b.exponent - floor);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const floor = Math.min(a.exponent, b.exponent);
  const sum = a.mantissa * 10n ** BigInt(a.exponent - floor) + b.mantissa * 10n ** BigInt(b.exponent - floor);
  return decimal(sum, floor);
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return decimal(a.mantissa * b.mantissa, a.exponent + b.exponent);
}

/** The smallest integer that is not less than a decimal of zero or more. What is spent is never rounded down. */
export function ceilDecimal(value: Decimal): bigint {
  if (value.exponent >= 0) return value.mantissa * 10n ** BigInt(value.exponent);
  const unit = 10n ** BigInt(-value.exponent);
  return (value.mantissa + unit - 1n) / unit;
}

/** Plain digits, without an exponent: `1.5`, `-0.001`. */
export function formatDecimal(value: Decimal): string {
  const sign = value.mantissa < 0n ? '-' : '';
  const digits = (value.mantissa < 0n ? -value.mantissa : value.mantissa).toString();
  if (value.exponent >= 0) return `${sign}${digits}${'0'.repeat(value.exponent)}`;
  const places = -value.exponent;
  const padded = digits.padStart(places + 1, '0');
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
