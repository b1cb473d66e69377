import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { HARDENED } from '../fixture.ts';
import { containment } from './status.ts';

describe('what contains the signer, in words', () => {
  verifies('CM-KMS-1', 'CH-TEE-1');

  test.each([
    ['without a provider', [], 'bubblewrap: no network, writes only its own folder;', 'native code'],
    ['with a key service', ['aws-kms'], 'no network but the key service', 'native code'],
    ['with a token', ['pkcs11'], 'native code of a token’s maker inside', 'key service'],
  ])('says what is let through %s', (_name, kinds, says, saysNot) => {
    const words = containment(
      'bubblewrap',
      HARDENED,
      kinds.map((kind) => ({ kind })),
    );
    expect(words).toContain(says);
    expect(words).not.toContain(saysNot);
  });
});
