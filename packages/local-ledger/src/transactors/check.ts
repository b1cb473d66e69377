import { LSF } from '../entry.ts';
import { checkIndex } from '../keylet.ts';
import { positiveDrops, reserve, sequenceOf, type Transactor } from '../transactor.ts';

/** Checks of XRP. Those of issued currencies answer temDISABLED. */
export const checkCreate: Transactor = {
  preflight(tx) {
    if (tx.Destination === tx.Account) return 'temREDUNDANT';
    if (typeof tx.SendMax === 'object') return 'temDISABLED';
    if (positiveDrops(tx.SendMax) === undefined) return 'temBAD_AMOUNT';
    return tx.Expiration === 0 ? 'temBAD_EXPIRATION' : 'tesSUCCESS';
  },
  apply({ tx, view, parentCloseTime, priorBalance }) {
    const destination = view.account(tx.Destination!);
    if (destination === undefined) return 'tecNO_DST';
    if ((destination.Flags & LSF.RequireDestTag) !== 0 && tx.DestinationTag === undefined) return 'tecDST_TAG_NEEDED';
    if (tx.Expiration !== undefined && parentCloseTime >= tx.Expiration) return 'tecEXPIRED';
    if (priorBalance < reserve(view.need(tx.Account).OwnerCount + 1)) return 'tecINSUFFICIENT_RESERVE';
    view.put({
      index: checkIndex(tx.Account, sequenceOf(tx)),
      LedgerEntryType: 'Check',
      Flags: 0,
      Account: tx.Account,
      Destination: tx.Destination!,
      SendMax: positiveDrops(tx.SendMax)!,
      Sequence: sequenceOf(tx),
      ...(tx.Expiration !== undefined && { Expiration: tx.Expiration }),
      ...(tx.DestinationTag !== undefined && { DestinationTag: tx.DestinationTag }),
      ...(tx.SourceTag !== undefined && { SourceTag: tx.SourceTag }),
      ...(tx.InvoiceID !== undefined && { InvoiceID: tx.InvoiceID }),
    });
    view.addOwned(tx.Account, 1);
    return 'tesSUCCESS';
  },
};

export const checkCash: Transactor = {
  preflight(tx) {
    if ((tx.Amount === undefined) === (tx.DeliverMin === undefined)) return 'temMALFORMED';
    return positiveDrops(tx.Amount ?? tx.DeliverMin) === undefined ? 'temBAD_AMOUNT' : 'tesSUCCESS';
  },
  apply({ tx, view, parentCloseTime, deliver }) {
    const check = view.find('Check', tx.CheckID!);
    if (check === undefined) return 'tecNO_ENTRY';
    if (check.Destination !== tx.Account) return 'tecNO_PERMISSION';
    if (check.Expiration !== undefined && parentCloseTime >= check.Expiration) return 'tecEXPIRED';
    const asked = positiveDrops(tx.Amount ?? tx.DeliverMin)!;
    if (asked > check.SendMax) return 'tecPATH_PARTIAL';
    const source = view.need(check.Account);
    // The check's own reserve becomes free when it is cashed.
    const available = source.Balance - reserve(source.OwnerCount - 1);
    if (available < asked) return 'tecPATH_PARTIAL';
    const isAllCovered = available >= check.SendMax;
    const most = isAllCovered ? check.SendMax : available;
    const amount = tx.DeliverMin === undefined ? asked : most;
    view.erase(check.index);
    view.addOwned(check.Account, -1);
    view.addBalance(check.Account, -amount);
    view.addBalance(tx.Account, amount);
    deliver(amount.toString());
    return 'tesSUCCESS';
  },
};

export const checkCancel: Transactor = {
  preflight: () => 'tesSUCCESS',
  apply({ tx, view, parentCloseTime }) {
    const check = view.find('Check', tx.CheckID!);
    if (check === undefined) return 'tecNO_ENTRY';
    const isExpired = check.Expiration !== undefined && parentCloseTime >= check.Expiration;
    if (!isExpired && tx.Account !== check.Account && tx.Account !== check.Destination) return 'tecNO_PERMISSION';
    view.erase(check.index);
    view.addOwned(check.Account, -1);
    return 'tesSUCCESS';
  },
};
