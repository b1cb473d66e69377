import { accountsOf, type Entry, LSF } from '../entry.ts';
import { accountIndex } from '../keylet.ts';
import { DELETE_AGE, MAX_DELETE_OBJECTS, RESERVE_INCREMENT } from '../limits.ts';
import type { Transactor } from '../transactor.ts';

/** Entries that go with their account; every other one keeps it. */
const GOES_ALONG: ReadonlySet<Entry['LedgerEntryType']> = new Set(['Ticket', 'SignerList']);

export const accountDelete: Transactor = {
  fee: () => RESERVE_INCREMENT,
  preflight: (tx) => (tx.Destination === tx.Account ? 'temDST_IS_SRC' : 'tesSUCCESS'),
  apply({ tx, view, ledgerIndex, deliver }) {
    const destination = view.account(tx.Destination!);
    if (destination === undefined) return 'tecNO_DST';
    if ((destination.Flags & LSF.RequireDestTag) !== 0 && tx.DestinationTag === undefined) return 'tecDST_TAG_NEEDED';
    if ((destination.Flags & LSF.DepositAuth) !== 0) return 'tecNO_PERMISSION';
    const account = view.need(tx.Account);
    const sequenceBefore = tx.TicketSequence === undefined ? account.Sequence - 1 : account.Sequence;
    if (sequenceBefore + DELETE_AGE > ledgerIndex) return 'tecTOO_SOON';
    const owned = [...view.entries()].filter((entry) => accountsOf(entry).includes(tx.Account));
    if (owned.some((entry) => !GOES_ALONG.has(entry.LedgerEntryType))) return 'tecHAS_OBLIGATIONS';
    if (owned.length > MAX_DELETE_OBJECTS) return 'tefTOO_BIG';
    for (const entry of owned) view.erase(entry.index);
    view.addBalance(tx.Destination!, account.Balance);
    view.erase(accountIndex(tx.Account));
    deliver(account.Balance.toString());
    return 'tesSUCCESS';
  },
};
