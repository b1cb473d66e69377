import { hash } from 'node:crypto';

/** First half of SHA-512: what ECDSA signs on the XRP Ledger (32 bytes). */
export function sha512Half(message: Uint8Array): Buffer {
  return hash('sha512', message, 'buffer').subarray(0, 32);
}
