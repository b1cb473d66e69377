import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { decodeStrict } from '@wardmesh/wallet';
import { LedgersError } from '../error.ts';
import { LAST_LEGACY_NETWORK_ID } from '../limits.ts';

/** A signed transaction as far as sending it needs. */
export interface SignedTransaction {
  readonly blob: string;
  readonly hash: string;
  readonly lastLedgerSequence: number;
  readonly transaction: JsonObject;
}

/**
 * Reads signed bytes before they are sent: canonical, signed, with an end, and for this network.
 * @throws LedgersError INVALID_TRANSACTION, NETWORK_MISMATCH
 */
export function parseSigned(blobHex: string, networkId: number): SignedTransaction {
  const decoded = decodeStrict(blobHex);
  if (!decoded.ok) throw invalid(decoded.error.message);
  const { blob, transaction } = decoded.value;
  if (!isSigned(transaction)) throw invalid('the transaction is not signed');
  // Without a last ledger no answer could ever be final: it might be applied at any time.
  const last = transaction.LastLedgerSequence;
  if (typeof last !== 'number') throw invalid('the transaction has no LastLedgerSequence');
  checkNetwork(transaction, networkId);
  return { blob, hash: transactionHash(blob), lastLedgerSequence: last, transaction };
}

/** SHA-512Half of `TXN\0` and the signed bytes. */
export function transactionHash(blob: string): string {
  const hash = createHash('sha512').update('TXN\0', 'latin1').update(blob, 'hex').digest();
  return hash.subarray(0, 32).toString('hex').toUpperCase();
}

function isSigned(transaction: JsonObject): boolean {
  if (typeof transaction.TxnSignature === 'string' && transaction.TxnSignature !== '') return true;
  const signers = transaction.Signers;
  return Array.isArray(signers) && signers.length > 0 && signers.every(isJsonObject);
}

function checkNetwork(transaction: JsonObject, networkId: number): void {
  const expected = networkId > LAST_LEGACY_NETWORK_ID ? networkId : undefined;
  if (transaction.NetworkID === expected) return;
  throw new LedgersError('NETWORK_MISMATCH', `the transaction is not for network ${networkId}`, {
    details: { expected: networkId, found: transaction.NetworkID },
  });
}

const invalid = (message: string): LedgersError => new LedgersError('INVALID_TRANSACTION', message);
