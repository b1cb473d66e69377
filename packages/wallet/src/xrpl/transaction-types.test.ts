import { createRequire } from 'node:module';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import {
  COMMON_FIELDS,
  factsOf,
  isTransactionType,
  REFUSED_COMMON_FIELDS,
  SIGNATURE_FIELDS,
  TRANSACTION_TYPES,
} from './transaction-types.ts';

interface Definitions {
  TRANSACTION_TYPES: Record<string, number>;
  TRANSACTION_FORMATS: Record<string, { name: string }[]>;
  FIELDS: [string, { type: string }][];
}
const definitions = createRequire(createRequire(import.meta.url).resolve('ripple-binary-codec'))(
  './enums/definitions.json',
) as Definitions;

/** Set by validators, never signed by an account; -1 is "Invalid". */
const isUserType = (id: number) => id >= 0 && id < 100;
const userTypes = Object.entries(definitions.TRANSACTION_TYPES)
  .filter(([, id]) => isUserType(id))
  .map(([name]) => name);
const typeOfField = new Map(definitions.FIELDS.map(([name, info]) => [name, info.type]));

/** What the table leaves out, compared with what the codec knows. */
function missing(types: readonly string[], formats: Definitions['TRANSACTION_FORMATS']): string[] {
  return types.flatMap((name) => {
    if (!isTransactionType(name)) return [name];
    const fields = factsOf(name).fields;
    return (formats[name] ?? [])
      .map((field) => field.name)
      .filter((field) => !Object.hasOwn(fields, field) && !SIGNATURE_FIELDS.has(field))
      .map((field) => `${name}.${field}`);
  });
}

describe('the table of transaction types', () => {
  verifies('XR-POL-3');

  test('classifies every user type and field that the codec knows, and invents none', () => {
    expect(userTypes.length).toBeGreaterThanOrEqual(72);
    expect(missing(userTypes, definitions.TRANSACTION_FORMATS)).toEqual([]);
    expect(Object.keys(TRANSACTION_TYPES).filter((name) => !userTypes.includes(name))).toEqual([]);
    for (const name of userTypes) {
      if (!isTransactionType(name)) throw new Error(name);
      const known = definitions.TRANSACTION_FORMATS[name]!.map((field) => field.name);
      expect(Object.keys(factsOf(name).fields).filter((field) => !known.includes(field))).toEqual([]);
    }
  });

  test('control: a type or a field that the codec learns is noticed', () => {
    expect(missing(['FooBar'], {})).toEqual(['FooBar']);
    expect(missing(['Payment'], { Payment: [{ name: 'Amount' }, { name: 'NewMoney' }] })).toEqual(['Payment.NewMoney']);
  });

  test('knows every common field: let through, refused with a reason, or a signature', () => {
    for (const { name } of definitions.TRANSACTION_FORMATS.common!) {
      const places = [COMMON_FIELDS.has(name), Object.hasOwn(REFUSED_COMMON_FIELDS, name), SIGNATURE_FIELDS.has(name)];
      expect([name, places.filter(Boolean).length]).toEqual([name, 1]);
    }
  });

  test('calls no field plain that holds an amount', () => {
    const plain: string[] = [];
    for (const name of userTypes) {
      if (!isTransactionType(name)) continue;
      for (const [field, role] of Object.entries(factsOf(name).fields)) {
        const type = typeOfField.get(field);
        if (role === 'plain' && (type === 'Amount' || type === 'Number' || field === 'MPTAmount'))
          plain.push(`${name}.${field}`);
      }
    }
    expect(plain).toEqual([]);
  });

  test('keeps governance with people and clawbacks prohibited', () => {
    for (const type of ['AccountSet', 'SetRegularKey', 'SignerListSet', 'AccountDelete', 'DelegateSet'] as const) {
      expect([type, factsOf(type).governance, factsOf(type).tier]).toEqual([type, true, 3]);
    }
    for (const type of Object.keys(TRANSACTION_TYPES).filter((name) => name.includes('Clawback'))) {
      expect([type, isTransactionType(type) && factsOf(type).tier]).toEqual([type, 4]);
    }
  });

  test('gives the published default tiers (ADR-009)', () => {
    const autonomous = Object.keys(TRANSACTION_TYPES).filter(
      (name) => isTransactionType(name) && factsOf(name).tier === 1,
    );
    expect(autonomous.sort()).toEqual(
      [
        'Batch', // its inner transactions decide
        'Payment',
        'OfferCancel',
        'EscrowFinish',
        'EscrowCancel',
        'PaymentChannelClaim',
        'CheckCash',
        'CheckCancel',
        'NFTokenCancelOffer',
      ].sort(),
    );
  });
});
