import type { Entry } from './entry.ts';
import { ticketIndex } from './keylet.ts';
import { buildMeta, type Meta } from './meta.ts';
import { isClaimed, type ResultName } from './result.ts';
import { checkAuthority } from './signature.ts';
import type { Tx, TxAmount } from './transaction.ts';
import { requiredFee } from './transactor.ts';
import { TRANSACTORS } from './transactors/index.ts';
import { View } from './view.ts';

/** The ledger that a transaction is applied to. */
export interface BuildContext {
  readonly index: number;
  /** Ripple seconds. */
  readonly parentCloseTime: number;
  /** Hashes that this ledger already holds. */
  readonly included: { has(hash: string): boolean };
  /** Place of the transaction within the ledger. */
  readonly position: number;
  /** Fee asked for now, in multiples of the base cost; 1 without load. */
  readonly load: bigint;
}

export interface Applied {
  readonly result: ResultName;
  /** Only of what went into the ledger. */
  readonly meta?: Meta;
}

/**
 * Applies a transaction that passed preflight to `state`, which it changes only where the result is tesSUCCESS or tec:
 * then fee and sequence are gone, and for a tec nothing else.
 */
export function applyTransaction(tx: Tx, hash: string, state: Map<string, Entry>, ledger: BuildContext): Applied {
  const refused = preclaim(tx, hash, new View(state), ledger);
  if (refused !== 'tesSUCCESS') return { result: refused };
  let delivered: TxAmount | undefined;
  const view = new View(state);
  const priorBalance = view.need(tx.Account).Balance;
  consume(tx, hash, view);
  const result = TRANSACTORS[tx.TransactionType]!.apply({
    tx,
    view,
    hash,
    ledgerIndex: ledger.index,
    parentCloseTime: ledger.parentCloseTime,
    priorBalance,
    deliver: (amount) => {
      delivered = amount;
    },
  });
  if (!isClaimed(result)) return { result };
  if (result === 'tesSUCCESS') return conclude(view, result, delivered);
  const feeOnly = new View(state);
  consume(tx, hash, feeOnly);
  return conclude(feeOnly, result, undefined);

  function conclude(final: View, outcome: ResultName, amount: TxAmount | undefined): Applied {
    for (const { after } of final.changes()) {
      if (after !== undefined) final.put({ ...after, PreviousTxnID: hash, PreviousTxnLgrSeq: ledger.index });
    }
    const meta = buildMeta(final.changes(), outcome, ledger.position, amount, tx.TransactionType === 'Payment');
    final.commit(state);
    return { result: outcome, meta };
  }
}

/** What the state must hold before the transaction may take a fee (rippled: preclaim, in its order). */
function preclaim(tx: Tx, hash: string, view: View, ledger: BuildContext): ResultName {
  const account = view.account(tx.Account);
  if (account === undefined) return 'terNO_ACCOUNT';
  const sequence = checkSequence(tx, view, account.Sequence);
  if (sequence !== 'tesSUCCESS') return ledger.included.has(hash) ? 'tefALREADY' : sequence;
  if (tx.AccountTxnID !== undefined && tx.AccountTxnID !== account.AccountTxnID) return 'tefWRONG_PRIOR';
  if (tx.LastLedgerSequence !== undefined && ledger.index > tx.LastLedgerSequence) return 'tefMAX_LEDGER';
  const fee = BigInt(tx.Fee);
  if (fee < requiredFee(tx, TRANSACTORS[tx.TransactionType]!) * ledger.load) return 'telINSUF_FEE_P';
  if (account.Balance < fee) return 'terINSUF_FEE_B';
  return checkAuthority(tx, view);
}

function checkSequence(tx: Tx, view: View, next: number): ResultName {
  if (tx.TicketSequence === undefined) {
    if (tx.Sequence === next) return 'tesSUCCESS';
    return tx.Sequence < next ? 'tefPAST_SEQ' : 'terPRE_SEQ';
  }
  if (view.get(ticketIndex(tx.Account, tx.TicketSequence)) !== undefined) return 'tesSUCCESS';
  return tx.TicketSequence < next ? 'tefNO_TICKET' : 'terPRE_TICKET';
}

function consume(tx: Tx, hash: string, view: View): void {
  const account = view.need(tx.Account);
  const Balance = account.Balance - BigInt(tx.Fee);
  const id = account.AccountTxnID === undefined ? {} : { AccountTxnID: hash };
  if (tx.TicketSequence === undefined) {
    view.patch(tx.Account, { Balance, Sequence: tx.Sequence + 1, ...id });
    return;
  }
  view.erase(ticketIndex(tx.Account, tx.TicketSequence));
  const left = (account.TicketCount ?? 1) - 1;
  view.patch(tx.Account, {
    Balance,
    OwnerCount: account.OwnerCount - 1,
    TicketCount: left === 0 ? undefined : left,
    ...id,
  });
}
