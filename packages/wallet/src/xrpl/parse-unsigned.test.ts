import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { encode } from 'ripple-binary-codec';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, HASH, inner, intentOf, memo, mpt, payment, tx, usd, VECTOR_BLOB } from '../fixture.ts';
import { parseUnsigned } from './parse-unsigned.ts';

const codeOf = (blob: string): string => {
  const parsed = parseUnsigned(blob);
  return parsed.ok ? 'ok' : parsed.error.code;
};
const codeOfTx = (fields: JsonObject): string => codeOf(encode(fields));
/** `direction field kind extent amount` of each movement but the fee. */
const moves = (fields: JsonObject): string[] =>
  intentOf(fields)
    .movements.filter(({ field }) => field !== 'Fee')
    .map(({ direction, field, kind, extent }) => `${direction} ${field} ${kind} ${extent}`);

describe('parseUnsigned', () => {
  test('reads the payment of the reference', () => {
    const parsed = parseUnsigned(VECTOR_BLOB);
    if (!parsed.ok) throw parsed.error;
    expect(parsed.value).toMatchObject({
      type: 'Payment',
      account: ALICE,
      networkId: null,
      fee: 12n,
      sequence: { kind: 'sequence', value: 1 },
      lastLedgerSequence: 100,
      flags: 0,
      destination: { address: BOB, tag: null },
      parties: [BOB],
      inner: [],
      unknownFields: [],
      blob: VECTOR_BLOB,
    });
    expect(parsed.value.movements).toEqual([
      {
        kind: 'xrp',
        direction: 'out',
        field: 'Fee',
        extent: 'exact',
        amount: { kind: 'xrp', drops: 12n },
        item: null,
        counterparty: null,
      },
      {
        kind: 'xrp',
        direction: 'out',
        field: 'Amount',
        extent: 'exact',
        amount: { kind: 'xrp', drops: 1_000_000n },
        item: null,
        counterparty: BOB,
      },
    ]);
    expect(codeOf(VECTOR_BLOB.toLowerCase())).toBe('ok');
  });

  test.each([
    ['a byte that trails', `${VECTOR_BLOB}00`, 'DECODE_FAILED'],
    ['an end marker that trails', `${VECTOR_BLOB}E1`, 'TRANSACTION_NOT_CANONICAL'],
    ['fields after an end marker', `${VECTOR_BLOB}E17300`, 'TRANSACTION_NOT_CANONICAL'],
    ['a field that stands twice', `2400000001${VECTOR_BLOB}`, 'TRANSACTION_NOT_CANONICAL'],
    ['fields out of order', `${VECTOR_BLOB}2400000001`, 'TRANSACTION_NOT_CANONICAL'],
    ['an odd digit', VECTOR_BLOB.slice(1), 'INVALID_HEX_FORMAT'],
    ['no hex', 'zz'.repeat(40), 'INVALID_HEX_FORMAT'],
    ['nothing', '', 'TRANSACTION_TOO_SHORT'],
    ['a few bytes', '12000022', 'TRANSACTION_TOO_SHORT'],
    ['too many bytes', '00'.repeat(32_769), 'TRANSACTION_TOO_LARGE'],
    ['objects nested without end', 'EA'.repeat(32_768), 'DECODE_FAILED'],
    ['a cut blob', VECTOR_BLOB.slice(0, -2), 'DECODE_FAILED'],
    ['a negative amount', VECTOR_BLOB.replace('6140', '6100'), 'TRANSACTION_NOT_CANONICAL'],
  ])('refuses %s', (_, blob, code) => {
    expect(codeOf(blob)).toBe(code);
  });

  test.each([
    ['TxnSignature', { TxnSignature: 'AB', SigningPubKey: 'ED' }],
    ['Signers', { Signers: [{ Signer: { Account: BOB, SigningPubKey: 'ED', TxnSignature: 'AB' } }] }],
  ])('refuses a signed transaction handed as unsigned (%s)', (_, fields) => {
    expect(codeOfTx(payment('1', fields as JsonObject))).toBe('TRANSACTION_ALREADY_SIGNED');
  });

  test.each([
    [
      'a pseudo transaction',
      { TransactionType: 'SetFee', Account: ALICE, Fee: '0', Sequence: 0 },
      'INVALID_TRANSACTION',
    ],
    ['no type', { Account: ALICE, Fee: '12', Sequence: 1 }, 'INVALID_TRANSACTION'],
    ['no account', { TransactionType: 'AccountSet', Fee: '12', Sequence: 1 }, 'INVALID_ADDRESS'],
    ['no fee', { TransactionType: 'AccountSet', Account: ALICE, Sequence: 1 }, 'INVALID_TRANSACTION'],
    [
      'a fee in dollars',
      { TransactionType: 'AccountSet', Account: ALICE, Sequence: 1, Fee: usd('1') },
      'INVALID_TRANSACTION',
    ],
    ['no sequence', { TransactionType: 'AccountSet', Account: ALICE, Fee: '12' }, 'SEQUENCE_ERROR'],
    ['sequence 0 and no ticket', payment('1', { Sequence: 0 }), 'SEQUENCE_ERROR'],
    ['a negative issued amount', payment('1', { Amount: usd('-1') }), 'AMOUNT_OUT_OF_RANGE'],
    ['the inner flag on its own', payment('1', { Flags: 0x40000000 }), 'INVALID_BATCH'],
    ['too long a memo', payment('1', { Memos: [memo('x'.repeat(1_025))] }), 'INVALID_MEMO'],
  ] as const)('refuses %s', (_, fields, code) => {
    expect(codeOfTx(fields as JsonObject)).toBe(code);
  });

  test('W8: a ticketed transaction keeps Sequence 0', () => {
    verifies('XR-SEQ-1');
    expect(intentOf(payment('1', { Sequence: 0, TicketSequence: 13 })).sequence).toEqual({ kind: 'ticket', value: 13 });
    expect(codeOfTx(payment('1', { Sequence: 13, TicketSequence: 13 }))).toBe('SEQUENCE_ERROR');
  });

  test('keeps amounts exact at every boundary', () => {
    verifies('XR-VAL-3');
    const amountOf = (Amount: JsonObject | string) =>
      intentOf(payment('1', { Amount })).movements.find(({ field }) => field === 'Amount')!.amount;
    expect(amountOf('0')).toEqual({ kind: 'xrp', drops: 0n });
    expect(amountOf('1')).toEqual({ kind: 'xrp', drops: 1n });
    expect(amountOf('100000000000000000')).toEqual({ kind: 'xrp', drops: 10n ** 17n });
    // 10^17 + 1 drops, which the codec reads but does not write.
    const most = encode(payment('100000000000000000'));
    expect(most).toContain('6141634578' + '5D8A0000');
    expect(codeOf(most.replace('61416345785D8A0000', '61416345785D8A0001'))).toBe('TRANSACTION_NOT_CANONICAL');
    expect(amountOf(mpt('9223372036854775807'))).toMatchObject({ kind: 'mpt', units: 2n ** 63n - 1n });
    expect(amountOf(usd('9999999999999999e80'))).toMatchObject({
      value: { mantissa: 9_999_999_999_999_999n, exponent: 80 },
    });
    expect(amountOf(usd('1000000000000000e-96'))).toMatchObject({ value: { mantissa: 1n, exponent: -81 } });
    expect(amountOf(usd('0.1'))).toMatchObject({ value: { mantissa: 1n, exponent: -1 } });
  });

  test('a tag of 0 is a tag', () => {
    expect(intentOf(payment('1', { DestinationTag: 0 })).destination).toEqual({ address: BOB, tag: 0 });
  });

  test('shows memos as text without what does not show, and keeps the bytes', () => {
    const [first] = intentOf(payment('1', { Memos: [memo('pay\u202E me\u0000', 'text/plain')] })).memos;
    expect(first).toMatchObject({ type: { text: 'text/plain', clean: true }, data: { text: 'pay me', clean: false } });
    expect(Buffer.from(first!.data!.raw, 'hex').toString('utf8')).toBe('pay\u202E me\u0000');
  });

  test('names every account that stands anywhere', () => {
    expect(intentOf(payment('1', { Amount: usd('1', CAROL), SendMax: usd('2', BOB) })).parties).toEqual(
      expect.arrayContaining([BOB, CAROL]),
    );
    const signers = { SignerQuorum: 1, SignerEntries: [{ SignerEntry: { Account: CAROL, SignerWeight: 1 } }] };
    expect(intentOf(tx({ TransactionType: 'SignerListSet', ...signers })).parties).toEqual([CAROL]);
  });

  test('any change to one byte of a payment is refused or is another intent', () => {
    const original = intentOf(payment('1000000'));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: original.blob.length / 2 - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const bytes = Buffer.from(original.blob, 'hex');
          bytes[at] = bytes[at]! ^ flip;
          const parsed = parseUnsigned(bytes.toString('hex'));
          return !parsed.ok || parsed.value.digest !== original.digest;
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseUnsigned(Buffer.from(bytes).toString('hex'))).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('movements', () => {
  verifies('XR-POL-3');

  test.each<[string, JsonObject, string[]]>([
    ['a payment', payment('1'), ['out Amount xrp exact']],
    ['a payment of tokens', payment('1', { Amount: usd('5') }), ['out Amount issued exact']],
    [
      'W7: SendMax bounds what leaves; DeliverMin is seen',
      payment('1', { SendMax: usd('9'), DeliverMin: '1', Flags: 0x20000 }),
      ['limit Amount xrp exact', 'out SendMax issued exact', 'limit DeliverMin xrp exact'],
    ],
    [
      'an offer',
      tx({ TransactionType: 'OfferCreate', TakerGets: '9', TakerPays: usd('1') }),
      ['in TakerPays issued exact', 'out TakerGets xrp exact'],
    ],
    ['a trust line', tx({ TransactionType: 'TrustSet', LimitAmount: usd('1') }), ['limit LimitAmount issued exact']],
    [
      'an escrow',
      tx({ TransactionType: 'EscrowCreate', Destination: BOB, Amount: '1', FinishAfter: 1 }),
      ['lock Amount xrp exact'],
    ],
    ['a channel', tx({ TransactionType: 'PaymentChannelFund', Channel: HASH, Amount: '1' }), ['lock Amount xrp exact']],
    ['a check', tx({ TransactionType: 'CheckCreate', Destination: BOB, SendMax: '1' }), ['out SendMax xrp exact']],
    [
      'a check cashed',
      tx({ TransactionType: 'CheckCash', CheckID: HASH, Amount: '1' }),
      ['in CheckID unknown referenced', 'in Amount xrp exact'],
    ],
    [
      'an NFT offered',
      tx({ TransactionType: 'NFTokenCreateOffer', NFTokenID: HASH, Amount: '1', Flags: 1 }),
      ['out NFTokenID nft item', 'in Amount xrp exact'],
    ],
    [
      'an NFT bid for',
      tx({ TransactionType: 'NFTokenCreateOffer', NFTokenID: HASH, Amount: '1', Owner: BOB }),
      ['in NFTokenID nft item', 'out Amount xrp exact'],
    ],
    [
      'an NFT bought',
      tx({ TransactionType: 'NFTokenAcceptOffer', NFTokenSellOffer: HASH }),
      ['out NFTokenSellOffer unknown referenced'],
    ],
    [
      'an NFT sold',
      tx({ TransactionType: 'NFTokenAcceptOffer', NFTokenBuyOffer: HASH }),
      ['in NFTokenBuyOffer unknown referenced'],
    ],
    [
      'a pool deposit',
      tx({
        TransactionType: 'AMMDeposit',
        Asset: { currency: 'XRP' },
        Asset2: { currency: 'USD', issuer: BOB },
        Amount: '1',
        Flags: 0x80000,
      }),
      ['lock Amount xrp exact'],
    ],
    [
      'a pool deposit whose amounts are minima',
      tx({
        TransactionType: 'AMMDeposit',
        Asset: { currency: 'XRP' },
        Asset2: { currency: 'USD', issuer: BOB },
        LPTokenOut: usd('1'),
        Flags: 0x10000,
      }),
      ['in LPTokenOut issued exact', 'lock LPTokenOut unknown computed'],
    ],
    [
      'a bid without a bound',
      tx({ TransactionType: 'AMMBid', Asset: { currency: 'XRP' }, Asset2: { currency: 'USD', issuer: BOB } }),
      ['out BidMax unknown computed'],
    ],
    [
      'the end of an account',
      tx({ TransactionType: 'AccountDelete', Destination: BOB }),
      ['out Destination xrp balance'],
    ],
    [
      'a vault withdrawal to oneself',
      tx({ TransactionType: 'VaultWithdraw', VaultID: HASH, Amount: '1' }),
      ['in Amount xrp exact'],
    ],
    [
      'a vault withdrawal to another',
      tx({ TransactionType: 'VaultWithdraw', VaultID: HASH, Amount: '1', Destination: BOB }),
      ['out Amount xrp exact'],
    ],
    [
      'a loan',
      tx({ TransactionType: 'LoanSet', LoanBrokerID: HASH, PrincipalRequested: '1000' }),
      ['limit PrincipalRequested unknown referenced'],
    ],
    [
      'a hidden amount',
      tx({ TransactionType: 'ConfidentialMPTSend', MPTokenIssuanceID: '00'.repeat(24), Destination: BOB }),
      ['out SenderEncryptedAmount unknown hidden'],
    ],
    [
      'a sponsorship filled',
      tx({ TransactionType: 'SponsorshipSet', Sponsee: BOB, FeeAmountDelta: '5' }),
      ['lock FeeAmountDelta xrp exact'],
    ],
    [
      'a sponsorship emptied',
      tx({ TransactionType: 'SponsorshipSet', Sponsee: BOB, FeeAmountDelta: '-5' }),
      ['in FeeAmountDelta xrp exact'],
    ],
    ['a clawback', tx({ TransactionType: 'Clawback', Amount: usd('1') }), ['in Amount issued exact']],
  ])('%s', (_, fields, expected) => {
    expect(moves(fields)).toEqual(expected);
  });

  test('fields that the type does not have are named', () => {
    expect(intentOf(payment('1', { LimitAmount: usd('1'), Delegate: CAROL }))).toMatchObject({
      unknownFields: ['LimitAmount'],
      refusedFields: ['Delegate'],
    });
  });

  test('a Batch is its inner transactions', () => {
    const pay = { TransactionType: 'Payment', Destination: BOB, Amount: '5' };
    const batch = (RawTransactions: JsonObject[]) => tx({ TransactionType: 'Batch', Flags: 0x10000, RawTransactions });
    const intent = intentOf(batch([inner(pay), inner({ ...pay, Sequence: 9, Amount: '6' })]));
    expect(intent.inner.map(({ movements }) => movements)).toMatchObject([
      [{ amount: { drops: 5n } }],
      [{ amount: { drops: 6n } }],
    ]);
    expect(codeOfTx(batch([]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch([inner({ ...pay, Flags: 0 })]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch([inner({ ...pay, Fee: '1' })]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch([inner({ ...pay, TxnSignature: 'AB' })]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch([inner({ ...pay, SigningPubKey: 'ED' })]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch([inner({ TransactionType: 'Batch', RawTransactions: [inner(pay)] })]))).toBe('INVALID_BATCH');
    expect(codeOfTx(batch(Array.from({ length: 9 }, (_, i) => inner({ ...pay, Sequence: 8 + i }))))).toBe(
      'INVALID_BATCH',
    );
  });
});
