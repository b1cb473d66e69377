import { type Json, type JsonObject, unwrap } from '@wardmesh/core';
import { decodeUnsigned, type Intent, parseCompleted } from '@wardmesh/wallet';
import type { LedgerFacts } from '../protocol/parts.ts';
import { authorityError } from './error.ts';
import { LEDGERS_AHEAD } from './limits.ts';

/** Networks with a greater id are named in every transaction (XLS-37). */
const MAX_UNNAMED_NETWORK = 1_024;

/** Fields that an agent may leave to the signer. */
export type OpenField = 'Sequence' | 'LastLedgerSequence' | 'Fee' | 'NetworkID';

/** A transaction as it was given: read strictly, unsigned, its key held to the wallet's. */
export interface GivenTransaction {
  /** Upper-case hex. */
  readonly blob: string;
  readonly transaction: JsonObject;
  readonly open: readonly OpenField[];
}

/**
 * @param networkId of the wallet's network
 * @param signingKey of the wallet, 66 upper-case hex digits; null for a multisigned transaction, which names none
 * @throws WalletError for what cannot be read; SIGNING_KEY_MISMATCH
 */
export function readGiven(blob: string, networkId: number, signingKey: string | null): GivenTransaction {
  const { blob: hex, transaction } = unwrap(decodeUnsigned(blob));
  const key = transaction.SigningPubKey;
  if (key !== undefined && key !== '' && key !== signingKey) {
    throw authorityError('SIGNING_KEY_MISMATCH', 'SigningPubKey is not the key that signs for this wallet', {
      hint: 'leave it out; the signer fills it in',
    });
  }
  const open: OpenField[] = [];
  if (transaction.Sequence === undefined) open.push('Sequence');
  if (transaction.LastLedgerSequence === undefined) open.push('LastLedgerSequence');
  if (transaction.Fee === undefined) open.push('Fee');
  if (transaction.NetworkID === undefined && networkId > MAX_UNNAMED_NETWORK) open.push('NetworkID');
  return { blob: hex, transaction, open };
}

/** @throws NETWORK_MISMATCH where the facts are of another network than the wallet */
export function assertNetwork(facts: LedgerFacts | null, networkId: number): void {
  if (facts === null || facts.networkId === networkId) return;
  throw authorityError('NETWORK_MISMATCH', 'the ledger that was asked is not of this wallet’s network', {
    details: { expected: networkId, actual: facts.networkId },
  });
}

export interface Filling {
  readonly networkId: number;
  readonly signingKey: string | null;
  readonly facts: LedgerFacts | null;
  /** Sequence to use where it is open and no ticket stands in its place. */
  readonly sequence: (facts: LedgerFacts) => number;
  readonly ledgersAhead?: number;
  /** Fee where it is open; default that of the facts. */
  readonly fee?: (facts: LedgerFacts) => bigint;
}

/**
 * Fills what was left open, and the key, and reads the result: what is decided is, byte for byte, what is signed. What
 * was given stays: a ticketed transaction keeps Sequence 0 (W8).
 * @throws LEDGER_FACTS_MISSING, NETWORK_MISMATCH, WalletError
 */
export function complete(given: GivenTransaction, filling: Filling): Intent {
  const { facts, networkId, signingKey } = filling;
  const { transaction, open } = given;
  assertNetwork(facts, networkId);
  const known = (): LedgerFacts => {
    if (facts !== null) return facts;
    throw authorityError('LEDGER_FACTS_MISSING', `the transaction leaves ${open.join(', ')} open`, {
      hint: 'give them, or ask with facts of the ledger',
    });
  };
  const filled: Record<string, Json> = { ...transaction, SigningPubKey: signingKey ?? '' };
  for (const field of open) {
    switch (field) {
      case 'Sequence':
        filled.Sequence = transaction.TicketSequence === undefined ? filling.sequence(known()) : 0;
        break;
      case 'LastLedgerSequence':
        filled.LastLedgerSequence = known().ledgerIndex + (filling.ledgersAhead ?? LEDGERS_AHEAD);
        break;
      case 'Fee':
        filled.Fee = filling.fee === undefined ? known().fee : filling.fee(known()).toString();
        break;
      case 'NetworkID':
        filled.NetworkID = networkId;
        break;
    }
  }
  return unwrap(parseCompleted(filled));
}
