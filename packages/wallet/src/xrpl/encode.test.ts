import fc from 'fast-check';
import { encodeAccountID, encodeXAddress } from 'ripple-address-codec';
import { encode } from 'ripple-binary-codec';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB } from '../fixture.ts';
import { encodeTransaction, withSignature } from './encode.ts';

const account = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => encodeAccountID(bytes));
const payment = { TransactionType: 'Payment', Account: ALICE, Destination: BOB, Amount: '1', Fee: '12', Sequence: 7 };
const outcome = (work: () => string): string => {
  try {
    return work();
  } catch {
    return 'refused';
  }
};

describe('encodeTransaction', () => {
  test('writes what the codec writes, whatever the accounts', () => {
    fc.assert(
      fc.property(account, account, account, (Account, Destination, issuer) => {
        for (const transaction of [
          { ...payment, Account, Destination, Amount: { currency: 'USD', issuer, value: '1.5' } },
          { TransactionType: 'SetRegularKey', Account, RegularKey: Destination, Fee: '12', Sequence: 1 },
          { TransactionType: 'EscrowFinish', Account, Owner: Destination, OfferSequence: 1, Fee: '12', Sequence: 1 },
        ]) {
          expect(encodeTransaction(transaction)).toBe(encode(transaction));
        }
      }),
    );
  });

  test('takes no more and no less than the codec', () => {
    const x = encodeXAddress(new Uint8Array(20).fill(1), 5, false);
    for (const Destination of [
      x,
      '',
      'r',
      BOB.slice(0, -1),
      `${BOB}1`,
      BOB.toUpperCase(),
      'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi',
    ]) {
      const given = { ...payment, Destination };
      expect(outcome(() => encodeTransaction(given))).toBe(outcome(() => encode(given)));
    }
  });
});

describe('withSignature', () => {
  test('is the codec’s blob, whatever stands before and after the signature', () => {
    const signature = fc
      .uint8Array({ minLength: 8, maxLength: 72 })
      .map((b) => Buffer.from(b).toString('hex').toUpperCase());
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 64 })
      .map((b) => Buffer.from(b).toString('hex').toUpperCase());
    fc.assert(
      fc.property(account, account, signature, bytes, (Account, Destination, TxnSignature, data) => {
        const key = `ED${'AB'.repeat(32)}`;
        for (const transaction of [
          { ...payment, Account, Destination, SigningPubKey: key },
          // What looks like a key, a signature or the tail stands in other fields too.
          {
            ...payment,
            Account,
            Destination,
            SigningPubKey: key,
            Memos: [{ Memo: { MemoData: `7321${key}${data}` } }],
          },
          {
            TransactionType: 'AccountSet',
            Account,
            MessageKey: key,
            Domain: data,
            SigningPubKey: key,
            Fee: '1',
            Sequence: 1,
          },
          { TransactionType: 'SetRegularKey', Account, SigningPubKey: '', Fee: '1', Sequence: 1 },
        ]) {
          const blob = encode(transaction);
          expect(withSignature(transaction, blob, TxnSignature)).toBe(encode({ ...transaction, TxnSignature }));
        }
      }),
    );
  });
});
