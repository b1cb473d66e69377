import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isClassicAddress } from './xrpl/address.ts';
import { parseUnsigned } from './xrpl/parse-unsigned.ts';

/** The wrong addresses that tests plant. */
const PLANTED = ['rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi'];
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const text = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
const wrongAddresses = (source: string) =>
  [...source.matchAll(/\br[1-9A-HJ-NP-Za-km-z]{24,34}\b/g)]
    .map(([found]) => found)
    .filter((found) => /\d/.test(found) && !isClassicAddress(found));

describe('examples in this package', () => {
  test('W23: every address has its checksum', () => {
    expect([...new Set(wrongAddresses(text))]).toEqual(PLANTED);
  });

  test('W23: every transaction blob decodes', () => {
    const blobs = [...text.matchAll(/'(1200[0-9A-F]{100,})'/g)].map(([, blob]) => blob!);
    expect(blobs.length).toBeGreaterThan(0);
    expect(blobs.filter((blob) => !parseUnsigned(blob).ok)).toEqual([]);
  });
});
