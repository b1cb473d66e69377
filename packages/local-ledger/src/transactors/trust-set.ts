import { parseDecimal, sign } from '../decimal.ts';
import { LSF, type RippleState } from '../entry.ts';
import { lineIndex } from '../keylet.ts';
import { isLow, LINE, newLine, putLine, sideFlag } from '../line.ts';
import { reserve, type Transactor } from '../transactor.ts';

const TF = {
  SetAuth: 0x0001_0000,
  SetNoRipple: 0x0002_0000,
  ClearNoRipple: 0x0004_0000,
  SetFreeze: 0x0010_0000,
  ClearFreeze: 0x0020_0000,
} as const;

export const trustSet: Transactor = {
  flags: TF.SetAuth | TF.SetNoRipple | TF.ClearNoRipple | TF.SetFreeze | TF.ClearFreeze,
  preflight(tx) {
    const limit = tx.LimitAmount;
    if (typeof limit !== 'object' || limit.issuer === undefined) return 'temBAD_LIMIT';
    if (limit.currency === 'XRP') return 'temBAD_CURRENCY';
    if (sign(parseDecimal(limit.value)) < 0) return 'temBAD_LIMIT';
    return tx.QualityIn !== undefined || tx.QualityOut !== undefined ? 'temDISABLED' : 'tesSUCCESS';
  },
  apply({ tx, view, priorBalance }) {
    const { currency, issuer, value } = tx.LimitAmount!;
    const flags = tx.Flags ?? 0;
    const account = view.need(tx.Account);
    if ((flags & TF.SetAuth) !== 0 && (account.Flags & LSF.RequireAuth) === 0) return 'tefNO_AUTH_REQUIRED';
    if (issuer === tx.Account) return 'temDST_IS_SRC';
    if (view.account(issuer) === undefined) return 'tecNO_DST';
    const existing = view.find('RippleState', lineIndex(tx.Account, issuer, currency));
    // The first two objects are free of reserve, so that an issuer can give a newcomer a line.
    const needed = account.OwnerCount < 2 ? 0n : reserve(account.OwnerCount + 1);
    if (existing === undefined) {
      if (sign(parseDecimal(value)) === 0 && (flags & (TF.SetAuth | TF.SetFreeze)) === 0) return 'tecNO_LINE_REDUNDANT';
      if (priorBalance < needed) return 'tecNO_LINE_INSUF_RESERVE';
    } else if ((existing.Flags & sideFlag(LINE.Reserve, tx.Account, issuer)) === 0 && priorBalance < needed) {
      return 'tecINSUF_RESERVE_LINE';
    }
    const base = existing ?? newLine(tx.Account, issuer, currency, view);
    const limit = { currency, issuer: tx.Account, value };
    const changed: RippleState = {
      ...base,
      Flags: changeFlags(base.Flags, flags, tx.Account, issuer),
      ...(isLow(tx.Account, issuer) ? { LowLimit: limit } : { HighLimit: limit }),
    };
    putLine(view, changed);
    return 'tesSUCCESS';
  },
};

function changeFlags(line: number, asked: number, account: string, peer: string): number {
  let flags = line;
  if ((asked & TF.SetAuth) !== 0) flags |= sideFlag(LINE.Auth, account, peer);
  if ((asked & TF.SetNoRipple) !== 0) flags |= sideFlag(LINE.NoRipple, account, peer);
  if ((asked & TF.ClearNoRipple) !== 0) flags &= ~sideFlag(LINE.NoRipple, account, peer);
  if ((asked & TF.SetFreeze) !== 0) flags |= sideFlag(LINE.Freeze, account, peer);
  if ((asked & TF.ClearFreeze) !== 0) flags &= ~sideFlag(LINE.Freeze, account, peer);
  return flags >>> 0;
}
