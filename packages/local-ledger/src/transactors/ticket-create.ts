import { ticketIndex } from '../keylet.ts';
import { MAX_TICKETS } from '../limits.ts';
import { reserve, type Transactor } from '../transactor.ts';

export const ticketCreate: Transactor = {
  preflight: (tx) =>
    (tx.TicketCount ?? 0) < 1 || (tx.TicketCount ?? 0) > MAX_TICKETS ? 'temINVALID_COUNT' : 'tesSUCCESS',
  apply({ tx, view, priorBalance }) {
    const count = tx.TicketCount ?? 0;
    const account = view.need(tx.Account);
    const held = account.TicketCount ?? 0;
    if (held + count > MAX_TICKETS) return 'tecDIR_FULL';
    if (priorBalance < reserve(account.OwnerCount + count)) return 'tecINSUFFICIENT_RESERVE';
    // The numbers follow the sequence that this transaction itself has used, or the account's where it used a ticket.
    const first = account.Sequence;
    for (let ticket = first; ticket < first + count; ticket++) {
      view.put({
        index: ticketIndex(tx.Account, ticket),
        LedgerEntryType: 'Ticket',
        Flags: 0,
        Account: tx.Account,
        TicketSequence: ticket,
      });
    }
    view.patch(tx.Account, {
      Sequence: first + count,
      TicketCount: held + count,
      OwnerCount: account.OwnerCount + count,
    });
    return 'tesSUCCESS';
  },
};
