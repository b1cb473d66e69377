import { decodeAccountID } from 'ripple-address-codec';
import { sha512Half } from './transaction.ts';

// Indexes of ledger entries (rippled: Indexes.cpp): SHA-512Half of a two-byte space and the entry's identity.

function space(letter: string): Uint8Array {
  return Uint8Array.of(0, letter.charCodeAt(0));
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const accountIndex = (account: string): string => sha512Half(space('a'), decodeAccountID(account));
export const ticketIndex = (account: string, ticket: number): string =>
  sha512Half(space('T'), decodeAccountID(account), uint32(ticket));
export const signerListIndex = (account: string): string => sha512Half(space('S'), decodeAccountID(account), uint32(0));
export const escrowIndex = (account: string, sequence: number): string =>
  sha512Half(space('u'), decodeAccountID(account), uint32(sequence));
export const checkIndex = (account: string, sequence: number): string =>
  sha512Half(space('C'), decodeAccountID(account), uint32(sequence));
export const channelIndex = (account: string, destination: string, sequence: number): string =>
  sha512Half(space('x'), decodeAccountID(account), decodeAccountID(destination), uint32(sequence));

/** Order of two accounts by their bytes: the lower one is a trust line's low side. */
export function compareAccounts(a: string, b: string): number {
  return Buffer.compare(decodeAccountID(a), decodeAccountID(b));
}

export function lineIndex(a: string, b: string, currency: string): string {
  const [low, high] = compareAccounts(a, b) < 0 ? [a, b] : [b, a];
  return sha512Half(space('r'), decodeAccountID(low), decodeAccountID(high), currencyBytes(currency));
}

function currencyBytes(currency: string): Uint8Array {
  if (/^[0-9A-F]{40}$/.test(currency)) return Buffer.from(currency, 'hex');
  const bytes = Buffer.alloc(20);
  bytes.write(currency, 12, 'latin1');
  return bytes;
}
