import type { JsonObject } from '@wardmesh/core';
import { unwrap } from '@wardmesh/core';
import { encode } from 'ripple-binary-codec';
import type { Intent } from './xrpl/intent.ts';
import { parseUnsigned } from './xrpl/parse-unsigned.ts';

/** Well-known addresses for tests; their seeds are public, so never fund them. */
export const ALICE = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';
export const BOB = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
export const CAROL = 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7';
export const MPT_ID = `00000001${'B5F762798A53D543A014CAF8B297CFF8F2F937E8'}`;
export const HASH = 'AB'.repeat(32);

/** Reference §4: the payment of 1 XRP from Alice to Bob. */
export const VECTOR_BLOB =
  '12000022000000002400000001201B000000646140000000000F424068400000000000000C8114A6070B8A1822E3322676A99F0C804EE2D15B82708314B5F762798A53D543A014CAF8B297CFF8F2F937E8';

export const usd = (value: string, issuer = BOB): JsonObject => ({ currency: 'USD', issuer, value });
export const mpt = (value: string): JsonObject => ({ mpt_issuance_id: MPT_ID, value });

/** A transaction of Alice's with sound common fields. */
export function tx(fields: JsonObject): JsonObject {
  return { Account: ALICE, Fee: '12', Sequence: 7, LastLedgerSequence: 120, ...fields };
}

export function payment(drops: bigint | string, fields: JsonObject = {}): JsonObject {
  return tx({ TransactionType: 'Payment', Destination: BOB, Amount: String(drops), ...fields });
}

export function inner(fields: JsonObject): JsonObject {
  return { RawTransaction: { Account: ALICE, Fee: '0', Sequence: 8, Flags: 0x40000000, SigningPubKey: '', ...fields } };
}

export function intentOf(fields: JsonObject): Intent {
  return unwrap(parseUnsigned(encode(fields)));
}

export function memo(data: string, type?: string): JsonObject {
  const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex').toUpperCase();
  return { Memo: { MemoData: hex(data), ...(type !== undefined && { MemoType: hex(type) }) } };
}
