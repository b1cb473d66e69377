import { inspect } from 'node:util';
import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { deriveAddress, deriveKeypair } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { inspectSecret } from './detect.ts';

const inspectText = (text: string, options = {}) => inspectSecret(SecureBuffer.from(text), options);
const invalid = expect.objectContaining({ code: 'VAULT_SEED_INVALID' });
const ABANDON = `${'abandon '.repeat(11)}about`;

describe('what a secret is', () => {
  verifies('XR-SEED-2');

  test('W3: an s… seed shows its secp256k1 address first, and the Ed25519 one as the other reading', () => {
    expect(inspectText('snoPBrXtMeMyMHUVTgbuqAfg1SUTb')).toEqual([
      {
        family: 'family-seed',
        algorithm: 'secp256k1',
        isDetected: true,
        address: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
        publicKey: '0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020',
      },
      expect.objectContaining({
        algorithm: 'ed25519',
        isDetected: false,
        address: 'rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf',
      }),
    ]);
  });

  test('an sEd… seed has one address', () => {
    expect(inspectText(' sEdTM1uX8pu2do5XvTnutH6HsouMaM2\n')).toEqual([
      expect.objectContaining({
        algorithm: 'ed25519',
        isDetected: true,
        address: 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL',
      }),
    ]);
  });

  test('a hex key is what its prefix says, or both where it has none', () => {
    for (const seed of ['snoPBrXtMeMyMHUVTgbuqAfg1SUTb', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2']) {
      const pair = deriveKeypair(seed);
      const address = deriveAddress(pair.publicKey);
      expect(inspectText(pair.privateKey)).toEqual([
        expect.objectContaining({ family: 'hex-key', isDetected: true, address }),
      ]);
      const bare = inspectText(pair.privateKey.slice(2).toLowerCase());
      expect(bare.map(({ algorithm }) => algorithm)).toEqual(['ed25519', 'secp256k1']);
      expect(bare.map((candidate) => candidate.isDetected)).toEqual([false, false]);
      expect(bare.map((candidate) => candidate.address)).toContain(address);
    }
    expect(inspectText('f'.repeat(64)).map(({ algorithm }) => algorithm)).toEqual(['ed25519']);
    expect(() => inspectText(`00${'0'.repeat(64)}`)).toThrow(invalid);
    expect(() => inspectText(`01${'1'.repeat(64)}`)).toThrow(invalid);
  });

  test("a mnemonic is m/44'/144'/0'/0/0, or the path that is asked for", () => {
    expect(inspectText(ABANDON)).toEqual([
      expect.objectContaining({
        family: 'mnemonic',
        algorithm: 'secp256k1',
        address: 'rHsMGQEkVNJmpGWs8XUBoTBiAAbwxZN5v3',
      }),
    ]);
    const others = [{ path: { account: 0, index: 1 } }, { path: { account: 1, index: 0 } }, { passphrase: utf8('x') }];
    const addresses = others.map((options) => inspectText(ABANDON, options)[0]!.address);
    expect(new Set([...addresses, 'rHsMGQEkVNJmpGWs8XUBoTBiAAbwxZN5v3']).size).toBe(4);
    for (const bad of [-1, 2 ** 31, 0.5, Number.NaN]) {
      expect(() => inspectText(ABANDON, { path: { account: 0, index: bad } })).toThrow(/0 to 2147483647/);
    }
  });

  test.each([
    '',
    ' ',
    'abandon',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    'snoPBrXtMeMyMHUVTgbuqAfg1SUTc',
    'x'.repeat(513),
  ])('is refused where it is none: %j', (text) => {
    expect(() => inspectText(text)).toThrow(invalid);
  });

  test('is wiped in any case and shows in no error and no answer', () => {
    verifies('XR-SEED-1');
    const pair = deriveKeypair('snoPBrXtMeMyMHUVTgbuqAfg1SUTb');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom('snoPBrXtMeMyMHUVTgbuqAfg1SUTb', pair.privateKey, ABANDON, `${ABANDON}x`),
          fc.string({ minLength: 8, maxLength: 40 }).map((text) => `zq${text}`),
        ),
        (text) => {
          const secret = SecureBuffer.from(text);
          const kept = secret.getBuffer();
          let shown: string;
          try {
            shown = JSON.stringify(inspectSecret(secret));
          } catch (error) {
            shown = inspect(error, { depth: 9, showHidden: true });
          }
          expect(kept.every((byte) => byte === 0)).toBe(true);
          expect(shown).not.toContain(text);
          expect(shown.toLowerCase()).not.toContain(toHex(utf8(text)));
          expect(shown).not.toContain(pair.privateKey.slice(2));
        },
      ),
      { numRuns: 60 },
    );
  });
});
