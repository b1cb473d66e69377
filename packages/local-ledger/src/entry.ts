import type { TxSignerEntry } from './transaction.ts';

/** What every ledger entry carries. `index` is its key in the state. Amounts of XRP are bigint drops. */
interface Common {
  readonly index: string;
  readonly Flags: number;
  readonly PreviousTxnID?: string;
  readonly PreviousTxnLgrSeq?: number;
}

export interface AccountRoot extends Common {
  readonly LedgerEntryType: 'AccountRoot';
  readonly Account: string;
  readonly Balance: bigint;
  readonly Sequence: number;
  readonly OwnerCount: number;
  readonly TicketCount?: number;
  readonly RegularKey?: string;
  readonly Domain?: string;
  readonly EmailHash?: string;
  readonly MessageKey?: string;
  readonly AccountTxnID?: string;
}

export interface Ticket extends Common {
  readonly LedgerEntryType: 'Ticket';
  readonly Account: string;
  readonly TicketSequence: number;
}

export interface SignerList extends Common {
  readonly LedgerEntryType: 'SignerList';
  readonly SignerQuorum: number;
  readonly SignerListID: 0;
  readonly SignerEntries: readonly TxSignerEntry[];
  /** Not a field of the real entry (its owner directory says it); kept so that lists are found by owner. */
  readonly Owner: string;
}

export interface Escrow extends Common {
  readonly LedgerEntryType: 'Escrow';
  readonly Account: string;
  readonly Destination: string;
  readonly Amount: bigint;
  readonly Condition?: string;
  readonly FinishAfter?: number;
  readonly CancelAfter?: number;
  readonly SourceTag?: number;
  readonly DestinationTag?: number;
}

export interface IssuedAmount {
  readonly currency: string;
  readonly issuer: string;
  readonly value: string;
}

export interface RippleState extends Common {
  readonly LedgerEntryType: 'RippleState';
  /** From the low account's view; its issuer is ACCOUNT_ONE. */
  readonly Balance: IssuedAmount;
  readonly LowLimit: IssuedAmount;
  readonly HighLimit: IssuedAmount;
}

export interface Check extends Common {
  readonly LedgerEntryType: 'Check';
  readonly Account: string;
  readonly Destination: string;
  readonly SendMax: bigint;
  readonly Sequence: number;
  readonly Expiration?: number;
  readonly DestinationTag?: number;
  readonly SourceTag?: number;
  readonly InvoiceID?: string;
}

export interface PayChannel extends Common {
  readonly LedgerEntryType: 'PayChannel';
  readonly Account: string;
  readonly Destination: string;
  readonly Amount: bigint;
  readonly Balance: bigint;
  readonly SettleDelay: number;
  readonly PublicKey: string;
  readonly Expiration?: number;
  readonly CancelAfter?: number;
  readonly SourceTag?: number;
  readonly DestinationTag?: number;
}

export type Entry = AccountRoot | Ticket | SignerList | Escrow | RippleState | Check | PayChannel;
export type EntryType = Entry['LedgerEntryType'];

/** AccountRoot flags (rippled: LedgerFormats.h). */
export const LSF = {
  PasswordSpent: 0x0001_0000,
  RequireDestTag: 0x0002_0000,
  RequireAuth: 0x0004_0000,
  DisallowXRP: 0x0008_0000,
  DisableMaster: 0x0010_0000,
  NoFreeze: 0x0020_0000,
  GlobalFreeze: 0x0040_0000,
  DefaultRipple: 0x0080_0000,
  DepositAuth: 0x0100_0000,
} as const;

/** Every account an entry belongs to or concerns: in whose account_objects it shows. */
export function accountsOf(entry: Entry): readonly string[] {
  switch (entry.LedgerEntryType) {
    case 'AccountRoot':
      return [];
    case 'Ticket':
      return [entry.Account];
    case 'SignerList':
      return [entry.Owner];
    case 'RippleState':
      return [entry.LowLimit.issuer, entry.HighLimit.issuer];
    default:
      return [entry.Account, entry.Destination];
  }
}

/** An entry as the API shows it and the codec writes it: drops as strings, absent members left out. */
export function entryJson(entry: Entry): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([name, value]) => value !== undefined && !(name === 'Owner' && entry.LedgerEntryType === 'SignerList'))
      .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
