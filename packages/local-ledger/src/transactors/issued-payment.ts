import { add, compare, type Decimal, negate, parseDecimal, sign } from '../decimal.ts';
import { type AccountRoot, LSF, type RippleState } from '../entry.ts';
import { lineIndex } from '../keylet.ts';
import { holding, LINE, limitOf, putLine, sideFlag, withBalance } from '../line.ts';
import type { ResultName } from '../result.ts';
import type { ApplyContext } from '../transactor.ts';
import type { View } from '../view.ts';

/**
 * A payment of one issued currency: issuing it, redeeming it, or moving it between two holders through its issuer. The
 * ledger knows neither transfer fees nor order books, so what is sent is what arrives.
 */
export function payIssued({ tx, view, deliver }: ApplyContext, destination: AccountRoot): ResultName {
  const amount = tx.Amount as { currency: string; issuer: string; value: string };
  if ((destination.Flags & LSF.DepositAuth) !== 0) return 'tecNO_PERMISSION';
  const issuer = amount.issuer;
  const value = parseDecimal(amount.value);
  const sendMax = tx.SendMax as { value: string } | undefined;
  if (sendMax !== undefined && compare(parseDecimal(sendMax.value), value) < 0) return 'tecPATH_PARTIAL';
  if (view.account(issuer) === undefined) return 'tecPATH_DRY';
  const out = tx.Account === issuer ? 'tesSUCCESS' : take(view, tx.Account, issuer, amount.currency, value);
  if (out !== 'tesSUCCESS') return out;
  if (tx.Account !== issuer && tx.Destination !== issuer && !canRipple(view, issuer, tx, amount.currency)) {
    return 'tecPATH_DRY';
  }
  const into = tx.Destination === issuer ? 'tesSUCCESS' : give(view, tx.Destination!, issuer, amount.currency, value);
  if (into !== 'tesSUCCESS') return into;
  deliver(amount);
  return 'tesSUCCESS';
}

function take(view: View, holder: string, issuer: string, currency: string, value: Decimal): ResultName {
  const line = view.find('RippleState', lineIndex(holder, issuer, currency));
  if (line === undefined) return 'tecPATH_DRY';
  const held = holding(line, holder, issuer);
  if (sign(held) <= 0 || isFrozen(view, line, holder, issuer)) return 'tecPATH_DRY';
  const left = add(held, negate(value));
  if (sign(left) < 0) return 'tecPATH_PARTIAL';
  putLine(view, withBalance(line, holder, issuer, left));
  return 'tesSUCCESS';
}

function give(view: View, holder: string, issuer: string, currency: string, value: Decimal): ResultName {
  const line = view.find('RippleState', lineIndex(holder, issuer, currency));
  if (line === undefined || isFrozen(view, line, holder, issuer)) return 'tecPATH_DRY';
  const isUnauthorised =
    (view.need(issuer).Flags & LSF.RequireAuth) !== 0 && (line.Flags & sideFlag(LINE.Auth, issuer, holder)) === 0;
  if (isUnauthorised) return 'tecPATH_DRY';
  const after = add(holding(line, holder, issuer), value);
  const limit = limitOf(line, holder, issuer);
  if (compare(after, limit) > 0) {
    return compare(holding(line, holder, issuer), limit) >= 0 ? 'tecPATH_DRY' : 'tecPATH_PARTIAL';
  }
  putLine(view, withBalance(line, holder, issuer, after));
  return 'tesSUCCESS';
}

function isFrozen(view: View, line: RippleState, holder: string, issuer: string): boolean {
  const isGlobal = (view.need(issuer).Flags & LSF.GlobalFreeze) !== 0;
  return isGlobal || (line.Flags & sideFlag(LINE.Freeze, issuer, holder)) !== 0;
}

/** Value passes through an issuer unless it set NoRipple on both of the lines. */
function canRipple(
  view: View,
  issuer: string,
  tx: { readonly Account: string; readonly Destination?: string },
  currency: string,
): boolean {
  return [tx.Account, tx.Destination!].some((holder) => {
    const line = view.find('RippleState', lineIndex(holder, issuer, currency));
    return line !== undefined && (line.Flags & sideFlag(LINE.NoRipple, issuer, holder)) === 0;
  });
}
