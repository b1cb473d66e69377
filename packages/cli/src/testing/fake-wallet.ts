import type { Wallet } from '@wardmesh/signer/client';

export const ALICE = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';
export const BOB = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
export const HASH = `sha256:${'a'.repeat(64)}`;

/** A wallet as the signer tells of it. */
export function fakeWallet(changes: Partial<Wallet> = {}): Wallet {
  return {
    walletId: 'wallet_00000000000000000000000000000001',
    network: 'local',
    name: 'shop',
    address: ALICE,
    status: 'active',
    unlocked: true,
    keys: [
      {
        keyId: 'key_1',
        role: 'regular',
        state: 'active',
        algorithm: 'ed25519',
        publicKey: `ED${'0'.repeat(64)}`,
        address: BOB,
        createdAt: 1_700_000_000_000,
      },
    ],
    policy: { id: 'local-default', version: '1.0.0', hash: HASH },
    kind: 'agent',
    purpose: null,
    protection: { kind: 'local-file', atRest: 'sealed', inUse: 'memory', statement: 'sealed under a password' },
    createdAt: 1_700_000_000_000,
    modifiedAt: 1_700_000_000_000,
    backup: null,
    ...changes,
  };
}
