import { toHex, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTRY, LOG, ORIGIN, receiptFor, VKEY } from '../../test/sample.ts';
import { cosignedAt, formatVkey, isSignedBy, noteKey, parseCheckpoint, parseNote, parseVkey } from '../index.ts';

describe('a signed note', () => {
  test('has the key ids and the signatures of the Go implementation (sumdb/note documentation)', () => {
    verifies('WM-RCP-3');
    const key = unwrap(parseVkey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'));
    expect(toHex(key.id)).toBe('c74f20a3');
    expect(formatVkey(key)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(isSignedBy(unwrap(parseNote(note)), key)).toBe(true);
    const altered = note.replace('answer', 'Answer');
    expect(isSignedBy(unwrap(parseNote(altered)), key)).toBe(false);
  });

  test('is refused in any other form', () => {
    const note = receiptFor(ENTRY).log.checkpoint;
    expect(parseNote(note).ok).toBe(true);
    const wrong = [
      '',
      '\n',
      '\n\n',
      note.slice(0, -1),
      `${note}\n`,
      `${note}x\n`,
      note.replace('\u2014', '-'),
      note.replace(/\n\n/, '\n'),
      note.replace(ORIGIN, `${ORIGIN}\t`),
      note.replace(/(\u2014 \S+) /, '$1  '),
      note.replace(/=\n$/, '\n'),
      note + '\u2014 a AAAA\n'.repeat(100),
      `\uD800${note}`,
      'x'.repeat(100_000),
    ];
    for (const text of wrong) expect(parseNote(text).ok, JSON.stringify(text.slice(0, 60))).toBe(false);
    for (const value of [undefined, null, 1, {}, []]) expect(parseNote(value as never).ok).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => !parseNote(text).ok));
  });

  test('with one good and one bad signature of the key is not signed by it', () => {
    const note = receiptFor(ENTRY).log.checkpoint;
    const line = note.slice(note.lastIndexOf('\u2014'));
    const bad = line.replace(/ (\S)(\S{20})(\S)/, (_, a, b, c) => ` ${a}${b}${c === 'A' ? 'B' : 'A'}`);
    const key = noteKey(ORIGIN, LOG.publicKey);
    expect(isSignedBy(unwrap(parseNote(note)), key)).toBe(true);
    expect(isSignedBy(unwrap(parseNote(note + bad)), key)).toBe(false);
  });
});

describe('a checkpoint', () => {
  test('is refused where a line is not what it must be', () => {
    const good = receiptFor(ENTRY).log.checkpoint;
    expect(unwrap(parseCheckpoint(good))).toMatchObject({ origin: ORIGIN, size: 3, extensions: [] });
    for (const [from, to] of [
      ['\n3\n', '\n03\n'],
      ['\n3\n', '\n-3\n'],
      ['\n3\n', '\n3.0\n'],
      ['\n3\n', '\n9007199254740993\n'],
      ['\n3\n', '\n\n'],
      [ORIGIN, 'two words'],
      [ORIGIN, 'a+b'],
      ['=\n', '\n'],
    ] as const) {
      expect(parseCheckpoint(good.replace(from, to)).ok, `${from} → ${to}`).toBe(false);
    }
  });

  test('takes the witness cosignature of the specification apart (c2sp.org/tlog-cosignature)', () => {
    const example =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
      '\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
    const checkpoint = unwrap(parseCheckpoint(example));
    expect(checkpoint.size).toBe(20_852_163);
    const witness = checkpoint.note.signatures[1]!;
    expect(witness.signature.length).toBe(72);
    expect(new DataView(witness.signature.buffer, witness.signature.byteOffset).getBigUint64(0)).toBe(1_679_315_147n);
    expect(cosignedAt(checkpoint.note, noteKey('witness.example.com/w1', LOG.publicKey, 4))).toBe('missing');
  });
});

describe('a verifier key', () => {
  test('is parsed only where its id, type and spelling are right', () => {
    expect(formatVkey(unwrap(parseVkey(VKEY)))).toBe(VKEY);
    const [name, id, key] = VKEY.split('+') as [string, string, string];
    for (const wrong of [
      '',
      `${name}+${id}`,
      `${name}+00000000+${key}`,
      `${name}+${id.toUpperCase()}X+${key}`,
      `${name} x+${id}+${key}`,
      `${name}+${id}+${key.replace('A', 'B')}`,
      `${name}x+${id}+${key}`,
    ]) {
      expect(parseVkey(wrong).ok, wrong).toBe(false);
    }
    expect(parseVkey(undefined as never).ok).toBe(false);
    expect(() => noteKey('two words', LOG.publicKey)).toThrow(TypeError);
    expect(() => noteKey('a', new Uint8Array(31))).toThrow(TypeError);
  });
});
