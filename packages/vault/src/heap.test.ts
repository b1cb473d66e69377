import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { deriveKeypair } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './disk.fixture.ts';

const WORDS = `${'abandon '.repeat(11)}about`;
const WORDS_KEY = toHex(HDKey.fromMasterSeed(mnemonicToSeedSync(WORDS)).derive("m/44'/144'/0'/0/0").privateKey!);
const keyOf = (seed: string): string => deriveKeypair(seed).privateKey.slice(2).toLowerCase();

/** The secret, its address and its key. None that a fixture spells out. */
const SECRETS = [
  ['sEdSJHS4oiAdz7w2X2ni1gFiqtbJHqE', 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7', keyOf('sEdSJHS4oiAdz7w2X2ni1gFiqtbJHqE')],
  ['snoPBrXtMeMyMHUVTgbuqAfg1SUTb', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', keyOf('snoPBrXtMeMyMHUVTgbuqAfg1SUTb')],
  [WORDS, 'rHsMGQEkVNJmpGWs8XUBoTBiAAbwxZN5v3', WORDS_KEY],
] as const;

async function heapAfter(secret: string, address: string, leak = ''): Promise<string> {
  const path = join(await temporaryFolder(), 'heap.heapsnapshot');
  const flipped = toHex(utf8(secret).map((byte) => byte ^ 0xff));
  const fixture = new URL('./heap.fixture.ts', import.meta.url).pathname;
  await promisify(execFile)(process.execPath, [fixture, flipped, address, path, leak]);
  return readFile(path, 'latin1');
}

describe('the heap of a process that imported, unlocked, signed and made a backup', () => {
  verifies('XR-MEM-1', 'XR-SEED-1');

  test.each(SECRETS)('holds no text of %s, its key or its passwords', async (secret, address, key) => {
    const heap = await heapAfter(secret, address);
    expect(heap.includes(address)).toBe(true);
    const bytes = Buffer.from(key, 'hex');
    const spellings = [secret, key, key.toUpperCase(), bytes.toString('base64'), 'Password 1234', 'Backup pass12'];
    for (const spelling of spellings) expect(heap.includes(spelling)).toBe(false);
  });

  test('would show a secret that was kept as text (control)', async () => {
    const [secret, address] = SECRETS[0];
    expect((await heapAfter(secret, address, 'leak')).includes(secret)).toBe(true);
  });
});
