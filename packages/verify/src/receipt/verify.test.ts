import { canonicalize, type Json, unwrap } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTRY, EVENT_ENTRY, LOG, ORIGIN, receiptFor, VKEY, WITNESS_NAME, WITNESS_VKEY } from '../../test/sample.ts';
import {
  entryOfReceipt,
  formatVkey,
  noteKey,
  type Receipt,
  receiptOfEntry,
  type VerifyOptions,
  verifyReceipt,
} from '../index.ts';

const OTHER = signingKeyFromSeed(new Uint8Array(32).fill(66));

function codeOf(input: unknown, options: VerifyOptions = { vkey: VKEY }): string {
  const result = verifyReceipt(input, options);
  return result.ok ? 'ok' : result.error.code;
}

describe('a genuine receipt', () => {
  test('verifies from its text and from an object, and shows the facts', () => {
    verifies('WM-RCP-1', 'WM-RCP-3');
    const receipt = receiptFor(ENTRY);
    for (const input of [receipt, canonicalize(receipt), `${canonicalize(receipt)}\n`]) {
      const facts = unwrap(verifyReceipt(input, { vkey: VKEY }));
      expect(facts.entry).toEqual(ENTRY);
      expect(facts).toMatchObject({
        keyTrust: 'given',
        witnesses: [],
        log: { origin: ORIGIN, index: 1, size: 3, vkey: VKEY },
      });
    }
    expect(codeOf(receipt, { publicKey: LOG.publicKey })).toBe('ok');
    expect(codeOf(receiptFor(EVENT_ENTRY))).toBe('ok');
  });

  test('gives back its entry without loss', () => {
    for (const entry of [ENTRY, EVENT_ENTRY]) {
      const { log } = receiptFor(entry);
      expect(entryOfReceipt(receiptOfEntry(entry, log))).toEqual(entry);
    }
  });

  test('says whether the key was given or only embedded', () => {
    const receipt = receiptFor(ENTRY, { key: true });
    expect(unwrap(verifyReceipt(receipt)).keyTrust).toBe('embedded');
    expect(unwrap(verifyReceipt(receipt, { vkey: VKEY })).keyTrust).toBe('given');
    expect(codeOf(receiptFor(ENTRY), {})).toBe('RECEIPT_NO_KEY');
    expect(codeOf(receipt, { publicKey: OTHER.publicKey })).toBe('RECEIPT_WRONG_LOG');
  });

  test('counts witnesses that are known, once each, and refuses a wrong one', () => {
    verifies('WM-RCP-3');
    const receipt = receiptFor(ENTRY, { witness: true });
    const options = { vkey: VKEY, witnesses: [WITNESS_VKEY, WITNESS_VKEY], witnessesNeeded: 1 };
    expect(unwrap(verifyReceipt(receipt, options)).witnesses).toEqual([{ name: WITNESS_NAME, time: 1_767_323_045 }]);
    expect(codeOf(receipt, { ...options, witnessesNeeded: 2 })).toBe('RECEIPT_WITNESS_MISSING');
    expect(codeOf(receiptFor(ENTRY), options)).toBe('RECEIPT_WITNESS_MISSING');
    expect(codeOf(receipt, { ...options, witnesses: ['nonsense'] })).toBe('RECEIPT_KEY_MALFORMED');
    expect(codeOf(receipt, { ...options, witnesses: [VKEY] })).toBe('RECEIPT_KEY_MALFORMED');
    const checkpoint = receipt.log.checkpoint.replace(
      /.{6}\n$/,
      (end) => `${end[0] === 'A' ? 'B' : 'A'}${end.slice(1)}`,
    );
    expect(codeOf({ ...receipt, log: { ...receipt.log, checkpoint } }, options)).toBe('RECEIPT_WITNESS_MISSING');
  });
});

describe('a changed receipt', () => {
  const text = canonicalize(receiptFor(ENTRY, { key: true }));
  const bytes = Buffer.from(text, 'utf8');

  test('fails with any one byte changed', () => {
    verifies('WM-RCP-1');
    expect(codeOf(text)).toBe('ok');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 7);
      expect(codeOf(changed.toString('utf8')), `byte ${at}`).not.toBe('ok');
    }
  }, 60_000);

  test('fails with any byte cut, doubled or put in', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.constantFrom(' ', '\n', '0', '"', 'a', ','), (at, extra) => {
        const cut = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]).toString('utf8');
        const put = Buffer.concat([bytes.subarray(0, at), Buffer.from(extra), bytes.subarray(at)]).toString('utf8');
        expect(codeOf(cut)).not.toBe('ok');
        expect(codeOf(put)).not.toBe('ok');
        expect(codeOf(bytes.subarray(0, at).toString('utf8'))).not.toBe('ok');
      }),
      { numRuns: 150 },
    );
  });

  test('fails with any member changed, removed or added, wherever it is', () => {
    verifies('WM-RCP-1');
    const paths = pathsOf(JSON.parse(text) as Json);
    expect(paths.length).toBeGreaterThan(60);
    for (const path of paths) {
      for (const change of ['other', 'removed', 'added'] as const) {
        const receipt = JSON.parse(text) as Json;
        if (!alter(receipt, path, change)) continue;
        // Without the convenience key the receipt is still the same receipt.
        if (change === 'removed' && path.join('.') === 'log.key') continue;
        expect(codeOf(receipt), `${path.join('.')} ${change}`).not.toBe('ok');
      }
    }
  }, 60_000);

  test('fails with the code of what is wrong', () => {
    const receipt = receiptFor(ENTRY);
    const log = (change: Partial<Receipt['log']>) => ({ ...receipt, log: { ...receipt.log, ...change } });
    expect(codeOf('{')).toBe('RECEIPT_MALFORMED');
    expect(codeOf({ ...receipt, extra: 1 })).toBe('RECEIPT_MALFORMED');
    expect(codeOf(JSON.stringify(receipt, null, 2))).toBe('RECEIPT_MALFORMED');
    expect(codeOf(text.replace('{"agent"', '{"agent":1,"agent"'))).toBe('RECEIPT_MALFORMED');
    expect(codeOf({ ...receipt, correlationId: 'other' })).toBe('RECEIPT_LEAF_MISMATCH');
    expect(codeOf(log({ index: 0 }))).toBe('RECEIPT_PROOF_INVALID');
    expect(codeOf(log({ proof: receipt.log.proof.slice(1) }))).toBe('RECEIPT_PROOF_INVALID');
    expect(codeOf(log({ checkpoint: 'x' }))).toBe('RECEIPT_CHECKPOINT_MALFORMED');
    expect(codeOf(log({ checkpoint: receipt.log.checkpoint.replace('\n3\n', '\n4\n') }))).toBe(
      'RECEIPT_CHECKPOINT_SIGNATURE',
    );
    expect(codeOf(log({ origin: 'other.example/audit' }))).toBe('RECEIPT_WRONG_LOG');
    expect(codeOf(receipt, { publicKey: OTHER.publicKey })).toBe('RECEIPT_CHECKPOINT_SIGNATURE');
    expect(codeOf(receipt, { vkey: formatVkey(noteKey('other.example', LOG.publicKey)) })).toBe('RECEIPT_WRONG_LOG');
    expect(codeOf(receipt, { vkey: 'x+00000000+AA' })).toBe('RECEIPT_KEY_MALFORMED');
    expect(codeOf(receipt, { publicKey: new Uint8Array(31) })).toBe('RECEIPT_KEY_MALFORMED');
  });

  test('fails whatever it is, and never throws', () => {
    for (const wrong of [
      undefined,
      null,
      0,
      '',
      'null',
      '[]',
      [],
      {},
      Number.NaN,
      () => 1,
      Symbol('s'),
      1n,
      new Uint8Array(3),
    ]) {
      expect(codeOf(wrong)).toBe('RECEIPT_MALFORMED');
    }
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    expect(codeOf(cyclic)).toBe('RECEIPT_MALFORMED');
    fc.assert(
      fc.property(fc.anything(), (value) => codeOf(value) !== 'ok'),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.json(), (value) => codeOf(value) === 'RECEIPT_MALFORMED'),
      { numRuns: 200 },
    );
  });
});

function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => pathsOf(item as Json, [...path, i]))
    : Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** Changes what `path` leads to. False where the change would change nothing. */
function alter(root: Json, path: readonly (string | number)[], change: 'other' | 'removed' | 'added'): boolean {
  let holder = root as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  const value = holder[last];
  if (change === 'removed') {
    if (Array.isArray(holder)) holder.splice(last as number, 1);
    else delete holder[last];
    return true;
  }
  if (change === 'added') {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) value.push(value[0] ?? 'x');
    else (value as Record<string, unknown>).extra = 1;
    return true;
  }
  holder[last] =
    typeof value === 'string'
      ? `${value}x`
      : typeof value === 'number'
        ? value + 1
        : typeof value === 'boolean'
          ? !value
          : 'x';
  return true;
}
