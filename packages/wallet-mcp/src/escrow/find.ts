import { createHash } from 'node:crypto';
import { concatBytes, type JsonObject, toHex } from '@wardmesh/core';
import type { XrplLedger } from '@wardmesh/ledgers';
import { type Address, accountId, type EscrowState, escrowState, fromRippleTime, toRippleTime } from '@wardmesh/wallet';
import { WalletMcpError } from '../error.ts';
import { MAX_OBJECT_PAGES } from '../limits.ts';

/** An escrow as the last validated ledger holds it. Times are Ripple seconds. */
export interface FoundEscrow {
  readonly index: string;
  readonly owner: string;
  readonly destination: string;
  readonly destinationTag: number | null;
  readonly amount: JsonObject | string;
  readonly finishAfter: number | null;
  readonly cancelAfter: number | null;
  readonly condition: string | null;
  /** Hash of the transaction that made it. */
  readonly madeBy: string | null;
  /** Its sequence where the entry says it; older entries do not. */
  readonly sequence: number | null;
}

/** Key of an escrow in the ledger (rippled: keylet::escrow): SHA-512Half of the space `u`, the owner and the sequence. */
export function escrowIndex(owner: Address, sequence: number): string {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, sequence);
  const bytes = concatBytes(Uint8Array.of(0, 0x75), accountId(owner), number);
  return toHex(createHash('sha512').update(bytes).digest().subarray(0, 32)).toUpperCase();
}

/** @throws ESCROW_NOT_FOUND, LedgersError ACCOUNT_NOT_FOUND */
export async function findEscrow(ledger: XrplLedger, owner: Address, sequence: number): Promise<FoundEscrow> {
  const wanted = escrowIndex(owner, sequence);
  let marker: JsonObject | string | undefined;
  for (let page = 0; page < MAX_OBJECT_PAGES; page++) {
    const answer = await ledger.accountObjects(owner, { type: 'escrow', ...(marker !== undefined && { marker }) });
    const row = answer.rows.find(({ index }) => index === wanted);
    if (row !== undefined) return readEscrow(row);
    marker = answer.marker;
    if (marker === undefined) break;
  }
  throw new WalletMcpError('ESCROW_NOT_FOUND', 'no such escrow in the last validated ledger', {
    hint: 'It was finished or cancelled, or owner and sequence are not those of its EscrowCreate.',
  });
}

export function readEscrow(row: JsonObject): FoundEscrow {
  const number = (name: string): number | null => (typeof row[name] === 'number' ? (row[name] as number) : null);
  const text = (name: string): string | null => (typeof row[name] === 'string' ? (row[name] as string) : null);
  const amount = row.Amount;
  return {
    index: text('index') ?? '',
    owner: text('Account') ?? '',
    destination: text('Destination') ?? '',
    destinationTag: number('DestinationTag'),
    amount: typeof amount === 'string' ? amount : ((amount ?? {}) as JsonObject),
    finishAfter: number('FinishAfter'),
    cancelAfter: number('CancelAfter'),
    condition: text('Condition'),
    madeBy: text('PreviousTxnID'),
    sequence: number('Sequence'),
  };
}

/** Its sequence, from the entry or from the transaction that made it; null where no node knows that one any more. */
export async function sequenceOf(ledger: XrplLedger, escrow: FoundEscrow): Promise<number | null> {
  if (escrow.sequence !== null || escrow.madeBy === null) return escrow.sequence;
  const made = await ledger.transaction(escrow.madeBy).catch(() => undefined);
  if (made?.kind !== 'validated') return null;
  const { TicketSequence, Sequence } = made.transaction;
  const sequence = TicketSequence ?? Sequence;
  // A node that lies is found out: the number must lead to the entry.
  if (typeof sequence !== 'number' || escrowIndex(escrow.owner as Address, sequence) !== escrow.index) return null;
  return sequence;
}

/** Close time of the last validated ledger, Ripple seconds: what the ledger itself compares with. */
export async function closeTime(ledger: XrplLedger): Promise<number> {
  return toRippleTime((await ledger.ledger('validated')).closeTime);
}

export function stateOf(escrow: FoundEscrow, now: number): EscrowState {
  return escrowState(escrow, now);
}

export function toIso(rippleSeconds: number | null): string | null {
  return rippleSeconds === null ? null : new Date(fromRippleTime(rippleSeconds)).toISOString();
}
