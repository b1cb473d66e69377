import { parseDecimal, sign } from '../decimal.ts';
import { LSF } from '../entry.ts';
import { accountIndex } from '../keylet.ts';
import { RESERVE_BASE } from '../limits.ts';
import type { ResultName } from '../result.ts';
import type { Tx } from '../transaction.ts';
import { type ApplyContext, positiveDrops, reserve, type Transactor } from '../transactor.ts';
import { payIssued } from './issued-payment.ts';

const TF = { NoDirectRipple: 0x0001_0000, PartialPayment: 0x0002_0000, LimitQuality: 0x0004_0000 } as const;

export const payment: Transactor = {
  flags: TF.NoDirectRipple | TF.PartialPayment | TF.LimitQuality,
  preflight(tx) {
    const { Amount: amount } = tx;
    if (typeof amount === 'object' && 'mpt_issuance_id' in amount) return 'temDISABLED';
    return typeof amount === 'string' ? preflightNative(tx) : preflightIssued(tx);
  },
  apply(context) {
    const { tx, view } = context;
    const destination = view.account(tx.Destination!);
    if (destination === undefined) {
      if (typeof tx.Amount !== 'string') return 'tecNO_DST';
      if (BigInt(tx.Amount) < RESERVE_BASE) return 'tecNO_DST_INSUF_XRP';
    } else if ((destination.Flags & LSF.RequireDestTag) !== 0 && tx.DestinationTag === undefined) {
      return 'tecDST_TAG_NEEDED';
    }
    return typeof tx.Amount === 'string' ? payNative(context) : payIssued(context, destination!);
  },
};

function preflightNative(tx: Tx): ResultName {
  if (positiveDrops(tx.Amount) === undefined) return 'temBAD_AMOUNT';
  if (tx.SendMax !== undefined && typeof tx.SendMax !== 'string') return 'temDISABLED';
  if (tx.Destination === tx.Account) return 'temREDUNDANT';
  if (tx.SendMax !== undefined) return 'temBAD_SEND_XRP_MAX';
  if (tx.Paths !== undefined) return 'temBAD_SEND_XRP_PATHS';
  const flags = tx.Flags ?? 0;
  if ((flags & TF.PartialPayment) !== 0) return 'temBAD_SEND_XRP_PARTIAL';
  if ((flags & TF.LimitQuality) !== 0) return 'temBAD_SEND_XRP_LIMIT';
  if ((flags & TF.NoDirectRipple) !== 0) return 'temBAD_SEND_XRP_NO_DIRECT';
  return tx.DeliverMin === undefined ? 'tesSUCCESS' : 'temBAD_AMOUNT';
}

function preflightIssued(tx: Tx): ResultName {
  const { Amount: amount, SendMax: sendMax } = tx;
  if (typeof amount !== 'object' || !('issuer' in amount)) return 'temBAD_AMOUNT';
  if (sign(parseDecimal(amount.value)) <= 0) return 'temBAD_AMOUNT';
  if (amount.currency === 'XRP') return 'temBAD_CURRENCY';
  // Order books and rippling over third parties are not part of this ledger: it says so.
  const isOtherCurrency =
    sendMax !== undefined &&
    (typeof sendMax === 'string' || !('issuer' in sendMax) || sendMax.currency !== amount.currency);
  if (isOtherCurrency || tx.Paths !== undefined) return 'temDISABLED';
  if (tx.Destination === tx.Account) return 'temREDUNDANT';
  if (tx.DeliverMin !== undefined || ((tx.Flags ?? 0) & (TF.PartialPayment | TF.LimitQuality)) !== 0)
    return 'temDISABLED';
  return 'tesSUCCESS';
}

function payNative({ tx, view, priorBalance, ledgerIndex, deliver }: ApplyContext): ResultName {
  const amount = positiveDrops(tx.Amount)!;
  const account = view.need(tx.Account);
  const fee = BigInt(tx.Fee);
  const needed = reserve(account.OwnerCount);
  // The fee may come from the reserve, the payment may not (rippled: Payment::doApply).
  if (priorBalance < amount + (needed > fee ? needed : fee)) return 'tecUNFUNDED_PAYMENT';
  const destination = view.account(tx.Destination!);
  if (destination === undefined) {
    view.put({
      index: accountIndex(tx.Destination!),
      LedgerEntryType: 'AccountRoot',
      Flags: 0,
      Account: tx.Destination!,
      Balance: amount,
      // So that transactions of an account deleted earlier cannot be replayed (DeletableAccounts).
      Sequence: ledgerIndex,
      OwnerCount: 0,
    });
  } else {
    const isDepositRefused = (destination.Flags & LSF.DepositAuth) !== 0;
    // An account that cannot pay a fee may always be helped out of it.
    const isRescue = amount <= RESERVE_BASE && destination.Balance <= RESERVE_BASE;
    if (isDepositRefused && !isRescue) return 'tecNO_PERMISSION';
    view.addBalance(tx.Destination!, amount);
  }
  view.addBalance(tx.Account, -amount);
  deliver(tx.Amount!);
  return 'tesSUCCESS';
}
