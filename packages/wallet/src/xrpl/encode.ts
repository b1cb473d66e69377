import type { Json, JsonObject } from '@wardmesh/core';
import { DEFAULT_DEFINITIONS, encode } from 'ripple-binary-codec';
import { accountIdOf } from './address.ts';

/** Fields of the outermost object that hold an account. */
const ACCOUNT_FIELDS = [
  'Account',
  'Owner',
  'Destination',
  'Issuer',
  'Authorize',
  'Unauthorize',
  'RegularKey',
  'NFTokenMinter',
  'Holder',
  'Delegate',
] as const;

/**
 * The bytes of a transaction, upper-case hex, as the codec writes them. The codec tries every address three times as an
 * X-address before it takes it; here it gets the account's bytes, which it takes at once, checked and remembered.
 * @throws what the codec throws
 */
export function encodeTransaction(transaction: JsonObject): string {
  const given: Record<string, Json | undefined> = { ...transaction };
  for (const name of ACCOUNT_FIELDS) {
    const value = given[name];
    if (typeof value === 'string') given[name] = accountIdOf(value) ?? value;
  }
  return encode(given);
}

const ordinalOf = (name: string): number => DEFAULT_DEFINITIONS.field.fromString(name).ordinal;
const SIGNATURE_ORDINAL = ordinalOf('TxnSignature');

/**
 * The blob of a transaction with its signature: the field put where it belongs, the rest as it was signed.
 * @param blob of the transaction without it, as {@link encodeTransaction} writes it
 * @param signature upper-case hex, 8 to 72 bytes
 */
export function withSignature(transaction: JsonObject, blob: string, signature: string): string {
  const after = Object.entries(transaction).filter(([name]) => ordinalOf(name) > SIGNATURE_ORDINAL);
  const tail = encodeTransaction(Object.fromEntries(after));
  if (!blob.endsWith(tail)) return encodeTransaction({ ...transaction, TxnSignature: signature });
  const length = (signature.length / 2).toString(16).padStart(2, '0').toUpperCase();
  return `${blob.slice(0, blob.length - tail.length)}74${length}${signature}${tail}`;
}
