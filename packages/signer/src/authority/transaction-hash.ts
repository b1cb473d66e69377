import { createHash } from 'node:crypto';
import { fromHex } from '@wardmesh/core';

/** `TXN\0`: what the ledger puts before a signed transaction to name it. */
const PREFIX = fromHex('54584e00');

/** The name of a signed transaction: SHA-512Half, 64 upper-case hex digits. */
export function transactionHash(signedTx: string): string {
  const digest = createHash('sha512').update(PREFIX).update(Buffer.from(signedTx, 'hex')).digest();
  return digest.subarray(0, 32).toString('hex').toUpperCase();
}
