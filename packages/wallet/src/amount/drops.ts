import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { DROPS_PER_XRP, MAX_DROPS } from '../limits.ts';

/** Drops as the ledger writes them: digits only, 0 ≤ drops ≤ 10^17, no leading zero. */
export function parseDrops(text: string): Result<bigint, WalletError> {
  if (!/^(0|[1-9]\d{0,17})$/.test(text)) return err(new WalletError('INVALID_AMOUNT', 'not a whole number of drops'));
  return inRange(BigInt(text));
}

/** XRP as people write it: `^\d+(\.\d{1,6})?$` (seed §Input Validation), to drops, exactly. */
export function parseXrp(text: string): Result<bigint, WalletError> {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) {
    return err(new WalletError('INVALID_AMOUNT', 'not an XRP amount: digits and at most six decimal places'));
  }
  const [, whole, fraction = ''] = match;
  return inRange(BigInt(`${whole}${fraction.padEnd(6, '0')}`));
}

function inRange(drops: bigint): Result<bigint, WalletError> {
  if (drops > MAX_DROPS) return err(new WalletError('AMOUNT_OUT_OF_RANGE', 'more drops than exist (10^17)'));
  return ok(drops);
}

/** `1.5 XRP`, `0.000012 XRP`: exact, without trailing zeros. */
export function formatXrp(drops: bigint): string {
  const sign = drops < 0n ? '-' : '';
  const magnitude = drops < 0n ? -drops : drops;
  const fraction = (magnitude % DROPS_PER_XRP).toString().padStart(6, '0').replace(/0+$/, '');
  return `${sign}${magnitude / DROPS_PER_XRP}${fraction === '' ? '' : `.${fraction}`} XRP`;
}
