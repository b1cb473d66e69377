import { type Decimal, formatDecimal, negate, parseDecimal, sign } from './decimal.ts';
import { LSF, type RippleState } from './entry.ts';
import { compareAccounts, lineIndex } from './keylet.ts';
import type { View } from './view.ts';

/** The issuer that stands in a trust line's balance, where neither side is meant. */
export const ACCOUNT_ONE = 'rrrrrrrrrrrrrrrrrrrrBZbvji';

/** RippleState flags of the low side; the high side's are the double. */
export const LINE = { Reserve: 0x0001_0000, Auth: 0x0004_0000, NoRipple: 0x0010_0000, Freeze: 0x0040_0000 } as const;

export const isLow = (account: string, peer: string): boolean => compareAccounts(account, peer) < 0;

export function sideFlag(flag: number, account: string, peer: string): number {
  return isLow(account, peer) ? flag : flag * 2;
}

/** What `account` holds of what `peer` issued; negative where it is the other way round. */
export function holding(line: RippleState | undefined, account: string, peer: string): Decimal {
  const balance = parseDecimal(line?.Balance.value ?? '0');
  return isLow(account, peer) ? balance : negate(balance);
}

/** How much `account` is willing to hold of what `peer` issues. */
export function limitOf(line: RippleState | undefined, account: string, peer: string): Decimal {
  return parseDecimal((isLow(account, peer) ? line?.LowLimit.value : line?.HighLimit.value) ?? '0');
}

export function newLine(account: string, peer: string, currency: string, view: View): RippleState {
  const [low, high] = isLow(account, peer) ? [account, peer] : [peer, account];
  let flags = 0;
  if ((view.need(low).Flags & LSF.DefaultRipple) === 0) flags |= LINE.NoRipple;
  if ((view.need(high).Flags & LSF.DefaultRipple) === 0) flags |= LINE.NoRipple * 2;
  return {
    index: lineIndex(account, peer, currency),
    LedgerEntryType: 'RippleState',
    Flags: flags,
    Balance: { currency, issuer: ACCOUNT_ONE, value: '0' },
    LowLimit: { currency, issuer: low, value: '0' },
    HighLimit: { currency, issuer: high, value: '0' },
  };
}

export function withBalance(line: RippleState, account: string, peer: string, held: Decimal): RippleState {
  const value = formatDecimal(isLow(account, peer) ? held : negate(held));
  return { ...line, Balance: { ...line.Balance, value } };
}

/**
 * Writes a line with each side's reserve counted: a side owns the line while it trusts, holds, freezes or differs from
 * its account's rippling default. A line that neither side owns is removed.
 */
export function putLine(view: View, line: RippleState): void {
  let flags = line.Flags;
  for (const [account, peer, factor] of [
    [line.LowLimit.issuer, line.HighLimit.issuer, 1],
    [line.HighLimit.issuer, line.LowLimit.issuer, 2],
  ] as const) {
    const isNoRippleDefault = (view.need(account).Flags & LSF.DefaultRipple) === 0;
    const isOwned =
      sign(limitOf(line, account, peer)) > 0 ||
      sign(holding(line, account, peer)) > 0 ||
      ((flags & (LINE.NoRipple * factor)) !== 0) !== isNoRippleDefault ||
      (flags & (LINE.Freeze * factor)) !== 0;
    const bit = LINE.Reserve * factor;
    if (isOwned === ((flags & bit) !== 0)) continue;
    view.addOwned(account, isOwned ? 1 : -1);
    flags ^= bit;
  }
  const isOwnedByAny = (flags & (LINE.Reserve * 3)) !== 0;
  if (isOwnedByAny) view.put({ ...line, Flags: flags >>> 0 });
  else if (view.get(line.index) !== undefined) view.erase(line.index);
}
