import { createRequire } from 'node:module';
import { type JsonObject, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB, inner, intentOf, MPT_ID, mpt, tx, usd } from '../fixture.ts';
import { compilePolicy } from '../policy/compile.ts';
import { canonical } from '../policy/load.ts';
import { presetPolicy } from '../policy/presets.ts';
import { factsOf, isTransactionType, TRANSACTION_TYPES } from '../xrpl/transaction-types.ts';
import { decide } from './decide.ts';
import { emptyUsage } from './usage.ts';

const definitions = createRequire(createRequire(import.meta.url).resolve('ripple-binary-codec'))(
  './enums/definitions.json',
) as { FIELDS: [string, { type: string }][] };
const isAmount = new Set(definitions.FIELDS.filter(([, { type }]) => type === 'Amount').map(([name]) => name));

/** Everything autonomous, every destination known: only money can raise a tier. */
const base = presetPolicy('mainnet');
const open = unwrap(
  compilePolicy(
    unwrap(
      canonical({
        ...base,
        types: {
          ...base.types,
          prohibited: [],
          tiers: Object.fromEntries(Object.keys(TRANSACTION_TYPES).map((name) => [name, 1])),
        },
        destinations: { ...base.destinations, newTier: 1 },
      }),
    ),
  ),
);
const decideTx = (fields: JsonObject) =>
  decide(intentOf(fields), open, emptyUsage(Date.now() + 1), { account: ALICE, now: Date.now(), ledgerIndex: 100 });

/** Every type with every field that holds an amount which leaves or is locked, as the table says for that transaction. */
const spending = Object.keys(TRANSACTION_TYPES).flatMap((type) => {
  if (!isTransactionType(type)) return [];
  return Object.entries(factsOf(type).fields).flatMap(([field, roleOf]) => {
    if (!isAmount.has(field)) return [];
    const fields: JsonObject = {
      TransactionType: type,
      ...(type.includes('Withdraw') || type === 'XChainClaim' ? { Destination: BOB } : {}),
    };
    const role = typeof roleOf === 'function' ? roleOf({ ...fields, [field]: '1', Account: ALICE }) : roleOf;
    return role === 'out' || role === 'lock' ? [[type, field, fields] as const] : [];
  });
});

describe('every type and field that spends', () => {
  verifies('XR-POL-3');

  test('there are as many as the table says', () => {
    expect(spending.length).toBeGreaterThanOrEqual(24);
  });

  test.each(spending)(
    '%s.%s is counted in XRP, refused without a rate, and seen within a Batch',
    (_, field, fields) => {
      const much = decideTx(tx({ ...fields, [field]: '10000000000' }));
      expect([much.tier, much.spend]).toEqual([4, 10_000_000_000n]);
      expect(much.reasons).toContain('DAILY_VOLUME_LIMIT');
      // The codec writes this one in XRP only.
      for (const amount of field === 'FeeAmountDelta' ? [] : [usd('1'), mpt('1')]) {
        expect(decideTx(tx({ ...fields, [field]: amount })).reasons).toContain('UNRATED_VALUE');
      }
      const batch = tx({
        TransactionType: 'Batch',
        Flags: 0x10000,
        RawTransactions: [inner({ ...fields, [field]: '10000000000' })],
      });
      expect(decideTx(batch).reasons).toContain('DAILY_VOLUME_LIMIT');
    },
  );

  test('MPT amounts outside of Amount fields are counted too', () => {
    const fields = { TransactionType: 'ConfidentialMPTConvert', MPTokenIssuanceID: MPT_ID, MPTAmount: '1' };
    expect(decideTx(tx(fields)).reasons).toContain('UNRATED_VALUE');
  });

  test('control: the same policy signs what spends nothing', () => {
    expect(decideTx(tx({ TransactionType: 'OfferCancel', OfferSequence: 1 })).tier).toBe(1);
  });
});
