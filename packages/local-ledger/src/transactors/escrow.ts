import { isCondition, parseFulfillment } from '../condition.ts';
import { LSF } from '../entry.ts';
import { escrowIndex } from '../keylet.ts';
import { BASE_FEE } from '../limits.ts';
import { positiveDrops, reserve, sequenceOf, type Transactor } from '../transactor.ts';

export const escrowCreate: Transactor = {
  preflight(tx) {
    if (positiveDrops(tx.Amount) === undefined) return 'temBAD_AMOUNT';
    if (tx.CancelAfter === undefined && tx.FinishAfter === undefined) return 'temBAD_EXPIRATION';
    if (tx.CancelAfter !== undefined && tx.FinishAfter !== undefined && tx.CancelAfter <= tx.FinishAfter) {
      return 'temBAD_EXPIRATION';
    }
    if (tx.FinishAfter === undefined && tx.Condition === undefined) return 'temMALFORMED';
    return tx.Condition === undefined || isCondition(tx.Condition) ? 'tesSUCCESS' : 'temMALFORMED';
  },
  apply({ tx, view, parentCloseTime }) {
    // A time that is already over would make an escrow that can never, or at once, be finished.
    if (tx.CancelAfter !== undefined && parentCloseTime > tx.CancelAfter) return 'tecNO_PERMISSION';
    if (tx.FinishAfter !== undefined && parentCloseTime > tx.FinishAfter) return 'tecNO_PERMISSION';
    const account = view.need(tx.Account);
    const amount = positiveDrops(tx.Amount)!;
    const needed = reserve(account.OwnerCount + 1);
    if (account.Balance < needed) return 'tecINSUFFICIENT_RESERVE';
    if (account.Balance < needed + amount) return 'tecUNFUNDED';
    const destination = view.account(tx.Destination!);
    if (destination === undefined) return 'tecNO_DST';
    if ((destination.Flags & LSF.RequireDestTag) !== 0 && tx.DestinationTag === undefined) return 'tecDST_TAG_NEEDED';
    view.put({
      index: escrowIndex(tx.Account, sequenceOf(tx)),
      LedgerEntryType: 'Escrow',
      Flags: 0,
      Account: tx.Account,
      Destination: tx.Destination!,
      Amount: amount,
      ...(tx.Condition !== undefined && { Condition: tx.Condition }),
      ...(tx.FinishAfter !== undefined && { FinishAfter: tx.FinishAfter }),
      ...(tx.CancelAfter !== undefined && { CancelAfter: tx.CancelAfter }),
      ...(tx.SourceTag !== undefined && { SourceTag: tx.SourceTag }),
      ...(tx.DestinationTag !== undefined && { DestinationTag: tx.DestinationTag }),
    });
    view.addBalance(tx.Account, -amount);
    view.addOwned(tx.Account, 1);
    return 'tesSUCCESS';
  },
};

export const escrowFinish: Transactor = {
  // 33 base fees and one for each 16 bytes of fulfilment (rippled: EscrowFinish::calculateBaseFee).
  fee(tx) {
    if (tx.Fulfillment === undefined) return BASE_FEE;
    return BASE_FEE + BASE_FEE * (32n + BigInt(tx.Fulfillment.length / 2) / 16n);
  },
  preflight: (tx) => ((tx.Condition === undefined) === (tx.Fulfillment === undefined) ? 'tesSUCCESS' : 'temMALFORMED'),
  apply({ tx, view, parentCloseTime }) {
    const escrow = view.find('Escrow', escrowIndex(tx.Owner!, tx.OfferSequence!));
    if (escrow === undefined) return 'tecNO_TARGET';
    if (escrow.FinishAfter !== undefined && parentCloseTime <= escrow.FinishAfter) return 'tecNO_PERMISSION';
    if (escrow.CancelAfter !== undefined && parentCloseTime > escrow.CancelAfter) return 'tecNO_PERMISSION';
    if (tx.Condition !== escrow.Condition) return 'tecCRYPTOCONDITION_ERROR';
    if (tx.Fulfillment !== undefined && parseFulfillment(tx.Fulfillment) !== escrow.Condition) {
      return 'tecCRYPTOCONDITION_ERROR';
    }
    const destination = view.account(escrow.Destination);
    if (destination === undefined) return 'tecNO_DST';
    if ((destination.Flags & LSF.DepositAuth) !== 0 && tx.Account !== escrow.Destination) return 'tecNO_PERMISSION';
    view.erase(escrow.index);
    view.addBalance(escrow.Destination, escrow.Amount);
    view.addOwned(escrow.Account, -1);
    return 'tesSUCCESS';
  },
};

export const escrowCancel: Transactor = {
  preflight: () => 'tesSUCCESS',
  apply({ tx, view, parentCloseTime }) {
    const escrow = view.find('Escrow', escrowIndex(tx.Owner!, tx.OfferSequence!));
    if (escrow === undefined) return 'tecNO_TARGET';
    if (escrow.CancelAfter === undefined || parentCloseTime <= escrow.CancelAfter) return 'tecNO_PERMISSION';
    view.erase(escrow.index);
    view.addBalance(escrow.Account, escrow.Amount);
    view.addOwned(escrow.Account, -1);
    return 'tesSUCCESS';
  },
};
