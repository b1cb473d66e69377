import { type JsonObject, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { encodeAccountID } from 'ripple-address-codec';
import { decode } from 'ripple-binary-codec';
import { deriveAddress, deriveKeypair, sign } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { BOB, intentOf, payment } from '../fixture.ts';
import type { Address } from '../xrpl/address.ts';
import type { Intent } from '../xrpl/intent.ts';
import {
  combineSignatures,
  multisignBytes,
  multisignFee,
  type SignerSignature,
  signaturesOf,
  verifySignature,
} from './multisign.ts';
import { checkSignerList, compareSigners, type SignerList } from './signer-list.ts';

/** Published test seeds: one secp256k1, two ed25519. */
const people = [
  'snoPBrXtMeMyMHUVTgbuqAfg1SUTb',
  'sEdSJHS4oiAdz7w2X2ni1gFiqtbJHqE',
  'sEdVWgwiHxBmFoMGJBoPZf6H1XSLLGd',
].flatMap((seed) => {
  try {
    const keys = deriveKeypair(seed);
    return [{ ...keys, address: deriveAddress(keys.publicKey) as Address }];
  } catch {
    return [];
  }
});
const [bob, carol] = people as [(typeof people)[number], (typeof people)[number]];
const list: SignerList = {
  quorum: 3,
  signers: [
    { address: bob.address, weight: 2 },
    { address: carol.address, weight: 1 },
  ],
};
const transaction = (fields: JsonObject = {}) =>
  intentOf(
    payment('1000000', { Fee: '30', Destination: 'rG1QQv2nh2gr7RCZ1P8YYcBUKCCN633jCn', SigningPubKey: '', ...fields }),
  );
const intent = transaction();
const signed = (of: Intent, by: typeof bob): SignerSignature => ({
  account: by.address,
  signingPublicKey: by.publicKey,
  signature: sign(multisignBytes(of, by.address), by.privateKey),
});
const codeOf = (given: readonly SignerSignature[], of = intent, by = list) => {
  const combined = combineSignatures(of, by, given, 10n);
  return combined.ok ? 'ok' : combined.error.code;
};

describe('multisign', () => {
  verifies('XR-MSIG-1');

  test('the bytes signed begin with SMT and end with the AccountID', () => {
    const bytes = multisignBytes(intent, BOB as Address);
    expect(bytes.startsWith('534D5400')).toBe(true);
    expect(bytes.endsWith('B5F762798A53D543A014CAF8B297CFF8F2F937E8')).toBe(true);
  });

  test('a quorum of verified signatures makes a transaction, whatever the order they came in', () => {
    const both = [signed(intent, bob), signed(intent, carol)];
    const combined = unwrap(combineSignatures(intent, list, both, 10n));
    expect(unwrap(combineSignatures(intent, list, both.toReversed(), 10n))).toEqual(combined);
    expect(combined.weight).toBe(3);
    const { Signers, ...rest } = decode(combined.blob) as { Signers: { Signer: { Account: string } }[] };
    expect(rest).toEqual({ ...intent.transaction, SigningPubKey: '' });
    expect(Signers.map(({ Signer }) => Signer.Account)).toEqual(combined.signers);
    expect(unwrap(signaturesOf(intent, combined.blob)).map(({ account }) => account)).toEqual(combined.signers);
  });

  test('W11: an all-zero signature is refused', () => {
    expect(codeOf([signed(intent, bob), { ...signed(intent, carol), signature: '00'.repeat(64) }])).toBe(
      'SIGNATURE_INVALID',
    );
  });

  test('W11: a signature over another amount, destination or signer is refused', () => {
    for (const other of [
      transaction({ Amount: '2000000' }),
      transaction({ Destination: BOB }),
      transaction({ Sequence: 9 }),
    ]) {
      expect(codeOf([signed(intent, bob), signed(other, carol)])).toBe('SIGNATURE_INVALID');
    }
    const lent = { ...signed(intent, carol), signature: sign(multisignBytes(intent, bob.address), carol.privateKey) };
    expect(codeOf([signed(intent, bob), lent])).toBe('SIGNATURE_INVALID');
  });

  test('W11: a blob of another transaction is not of the one approved', () => {
    const other = transaction({ Amount: '2000000' });
    const blob = unwrap(combineSignatures(other, list, [signed(other, bob), signed(other, carol)], 10n)).blob;
    expect(signaturesOf(intent, blob)).toMatchObject({ ok: false, error: { code: 'TRANSACTION_MISMATCH' } });
  });

  test('W11: signers stand in the order of AccountID bytes, which is not that of their text', () => {
    let differs = 0;
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (a, b) => {
          const [x, y] = [encodeAccountID(a) as Address, encodeAccountID(b) as Address];
          expect(Math.sign(compareSigners(x, y))).toBe(Math.sign(Buffer.compare(a, b)));
          if (Math.sign(x.localeCompare(y)) !== Math.sign(compareSigners(x, y))) differs++;
        },
      ),
      { numRuns: 400 },
    );
    expect(differs).toBeGreaterThan(40); // control: the wrong order would have been caught
  });

  test.each<[string, () => string, string]>([
    ['too little weight', () => codeOf([signed(intent, bob)]), 'QUORUM_NOT_MET'],
    ['no signature', () => codeOf([]), 'QUORUM_NOT_MET'],
    ['a signer twice', () => codeOf([signed(intent, bob), signed(intent, bob)]), 'DUPLICATE_SIGNATURE'],
    [
      'a stranger',
      () => codeOf([signed(intent, bob), signed(intent, carol)], intent, { quorum: 2, signers: [list.signers[0]!] }),
      'INVALID_SIGNER',
    ],
    ["another's key", () => codeOf([{ ...signed(intent, bob), account: carol.address }]), 'INVALID_SIGNER'],
    [
      'a fee for one signature',
      () => {
        const cheap = transaction({ Fee: '20' });
        return codeOf([signed(cheap, bob), signed(cheap, carol)], cheap);
      },
      'FEE_TOO_LOW',
    ],
    [
      'a single signing key',
      () => {
        const single = transaction({ SigningPubKey: bob.publicKey });
        return codeOf([signed(single, bob), signed(single, carol)], single);
      },
      'TRANSACTION_MISMATCH',
    ],
    ['a list out of reach', () => codeOf([], intent, { ...list, quorum: 4 }), 'INVALID_SIGNER_LIST'],
  ])('refuses %s', (_, act, code) => {
    expect(act()).toBe(code);
  });

  test('takes a regular key only where the list names it', () => {
    const regular = {
      account: carol.address,
      signingPublicKey: bob.publicKey,
      signature: sign(multisignBytes(intent, carol.address), bob.privateKey),
    };
    expect(verifySignature(intent, list, regular)).toMatchObject({ ok: false, error: { code: 'INVALID_SIGNER' } });
    const named = { quorum: 1, signers: [{ address: carol.address, weight: 1, regularKeys: [bob.publicKey] }] };
    expect(verifySignature(intent, named, regular)).toEqual({ ok: true, value: { weight: 1 } });
  });

  test.each([
    [2, 30n],
    [3, 40n],
    [5, 60n],
  ])('%d signers cost %d drops', (signers, fee) => {
    expect(multisignFee(10n, signers)).toBe(fee);
  });

  test('an account is not its own signer', () => {
    expect(checkSignerList(list, bob.address).ok).toBe(false);
  });
});
