/** An exact decimal: `mantissa × 10^exponent`. Issued currencies are counted with it, never with floats. */
export interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const ZERO: Decimal = { mantissa: 0n, exponent: 0 };
/** Digits an issued amount can hold (XRPL token amounts). */
const DIGITS = 16;

/** Reads `-12.5`, `1e-7` and their like. @throws RangeError for anything else. */
export function parseDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const mantissa = BigInt(`${whole}${fraction}`);
  return normalise({ mantissa: sign === '-' ? -mantissa : mantissa, exponent: Number(exponent) - fraction.length });
}

function normalise({ mantissa, exponent }: Decimal): Decimal {
  if (mantissa === 0n) return ZERO;
  let [m, e] = [mantissa, exponent];
  while (m % 10n === 0n) [m, e] = [m / 10n, e + 1];
  // The ledger keeps 16 digits; what is below them is cut, towards zero.
  while ((m < 0n ? -m : m) >= 10n ** BigInt(DIGITS)) [m, e] = [m / 10n, e + 1];
  while (m !== 0n && m % 10n === 0n) [m, e] = [m / 10n, e + 1];
  return { mantissa: m, exponent: e };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (d: Decimal): bigint => d.mantissa * 10n ** BigInt(d.exponent - exponent);
  return normalise({ mantissa: scaled(a) + scaled(b), exponent });
}

export const negate = (a: Decimal): Decimal => ({ mantissa: -a.mantissa, exponent: a.exponent });

/** -1, 0 or 1. */
export function compare(a: Decimal, b: Decimal): number {
  const { mantissa } = add(a, negate(b));
  return mantissa === 0n ? 0 : mantissa > 0n ? 1 : -1;
}

export const sign = (a: Decimal): number => (a.mantissa === 0n ? 0 : a.mantissa > 0n ? 1 : -1);

/** As rippled writes it: plain digits, or `1e-7` where those would be many. */
export function formatDecimal({ mantissa, exponent }: Decimal): string {
  if (exponent < -25 || exponent > 5) return `${mantissa}e${exponent}`;
  if (exponent >= 0) return `${mantissa * 10n ** BigInt(exponent)}`;
  const digits = `${mantissa < 0n ? -mantissa : mantissa}`.padStart(1 - exponent, '0');
  const whole = digits.slice(0, exponent);
  return `${mantissa < 0n ? '-' : ''}${whole}.${digits.slice(exponent)}`;
}
