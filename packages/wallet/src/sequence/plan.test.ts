import type { JsonObject } from '@wardmesh/core';
import { unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { encode } from 'ripple-binary-codec';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB, VECTOR_BLOB } from '../fixture.ts';
import { parseUnsigned } from '../xrpl/parse-unsigned.ts';
import { completeBlob, nextSequence } from './plan.ts';

const facts = { ledgerSequence: 10, lastSigned: 12, ledgerIndex: 500, ledgersAhead: 20, fee: 12n, networkId: 1 };
const open = (fields: JsonObject) =>
  encode({ TransactionType: 'Payment', Account: ALICE, Destination: BOB, Amount: '1', ...fields });
const complete = (fields: JsonObject) => {
  const { sequence, lastLedgerSequence, fee } = unwrap(parseUnsigned(unwrap(completeBlob(open(fields), facts))));
  return { sequence, lastLedgerSequence, fee };
};

describe('completing a transaction', () => {
  verifies('XR-SEQ-1');

  test('takes the next sequence that nothing signed uses', () => {
    expect(nextSequence({ ledgerSequence: 10, lastSigned: null })).toBe(10);
    expect(nextSequence({ ledgerSequence: 10, lastSigned: 12 })).toBe(13);
    expect(nextSequence({ ledgerSequence: 20, lastSigned: 12 })).toBe(20);
    expect(complete({})).toEqual({ sequence: { kind: 'sequence', value: 13 }, lastLedgerSequence: 520, fee: 12n });
  });

  test('W8: a ticketed transaction keeps Sequence 0', () => {
    expect(complete({ TicketSequence: 13 }).sequence).toEqual({ kind: 'ticket', value: 13 });
    expect(complete({ Sequence: 0, TicketSequence: 13 }).sequence).toEqual({ kind: 'ticket', value: 13 });
    expect(completeBlob(open({ Sequence: 5, TicketSequence: 13 }), facts)).toMatchObject({
      error: { code: 'SEQUENCE_ERROR' },
    });
    expect(completeBlob(open({ Sequence: 0 }), facts)).toMatchObject({ error: { code: 'SEQUENCE_ERROR' } });
  });

  test('names the network where it must be named, and only there', () => {
    const networkOf = (networkId: number, given: JsonObject = {}) =>
      unwrap(parseUnsigned(unwrap(completeBlob(open(given), { ...facts, networkId })))).networkId;
    expect([networkOf(1), networkOf(31_337), networkOf(31_337, { NetworkID: 7 })]).toEqual([null, 31_337, 7]);
  });

  test('changes nothing that is given', () => {
    expect(unwrap(completeBlob(VECTOR_BLOB, facts))).toBe(VECTOR_BLOB);
  });
});
