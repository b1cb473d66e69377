import { err, type JsonObject, ok, type Result } from '@wardmesh/core';
import { encode } from 'ripple-binary-codec';
import { MAX_UNNAMED_NETWORK } from '../decide/envelope.ts';
import { WalletError } from '../error.ts';
import { MAX_LEDGERS_AHEAD } from '../limits.ts';
import { decodeUnsigned } from '../xrpl/decode.ts';

/** What is known of an account and its ledger. */
export interface SequenceFacts {
  /** Account's Sequence in the last validated ledger. */
  readonly ledgerSequence: number;
  /** Highest Sequence that this wallet has signed with and that may still be included; null where there is none. */
  readonly lastSigned: number | null;
  /** Index of the last validated ledger. */
  readonly ledgerIndex: number;
  /** Ledgers until it expires, 1 … {@link MAX_LEDGERS_AHEAD}. ADR-013: 20. */
  readonly ledgersAhead: number;
  /** NetworkID of the network; set where it is above 1,024 (XLS-37) and the transaction has none. */
  readonly networkId: number;
  /** Fee where the transaction has none, drops. */
  readonly fee: bigint;
}

/** The next free Sequence: never one that is signed already (ADR-013: the greater of ledger and last signed + 1). */
export function nextSequence({
  ledgerSequence,
  lastSigned,
}: Pick<SequenceFacts, 'ledgerSequence' | 'lastSigned'>): number {
  return lastSigned === null ? ledgerSequence : Math.max(ledgerSequence, lastSigned + 1);
}

/**
 * Fills in what an unsigned blob leaves open: Sequence, LastLedgerSequence, Fee, NetworkID. What it has, it keeps: a ticketed
 * transaction keeps Sequence 0 (W8), and a given Sequence is never rewritten. Inner transactions are left alone.
 * @returns the completed blob; SEQUENCE_ERROR where Sequence 0 comes without a ticket, and what {@link decodeUnsigned} refuses
 */
export function completeBlob(blobHex: string, facts: SequenceFacts): Result<string, WalletError> {
  const decoded = decodeUnsigned(blobHex);
  if (!decoded.ok) return decoded;
  const { transaction } = decoded.value;
  const ticketed = transaction.TicketSequence !== undefined;
  const given = transaction.Sequence;
  if (!ticketed && given === 0) return err(new WalletError('SEQUENCE_ERROR', 'Sequence 0 needs a TicketSequence'));
  if (ticketed && given !== undefined && given !== 0) {
    return err(new WalletError('SEQUENCE_ERROR', 'a ticketed transaction keeps Sequence 0'));
  }
  const { ledgersAhead } = facts;
  if (!Number.isInteger(ledgersAhead) || ledgersAhead < 1 || ledgersAhead > MAX_LEDGERS_AHEAD) {
    throw new RangeError(`ledgersAhead is 1 to ${MAX_LEDGERS_AHEAD}`);
  }
  const completed: JsonObject = {
    ...transaction,
    Sequence: ticketed ? 0 : (given ?? nextSequence(facts)),
    LastLedgerSequence: transaction.LastLedgerSequence ?? facts.ledgerIndex + ledgersAhead,
    Fee: transaction.Fee ?? facts.fee.toString(),
    ...(transaction.NetworkID === undefined && facts.networkId > MAX_UNNAMED_NETWORK && { NetworkID: facts.networkId }),
  };
  return ok(encode(completed));
}
