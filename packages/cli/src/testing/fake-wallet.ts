import { bindingHash } from '@wardmesh/approvals';
import type { JsonObject } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import type { SignerApproval, Wallet } from '@wardmesh/signer/client';

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

export const REQUEST = '7b0c6b1e-0000-4000-8000-000000000001';

/** A request that waits in the signer. */
export function fakeApproval(changes: Partial<SignerApproval> = {}): SignerApproval {
  return {
    approvalId: REQUEST,
    kind: 'sign',
    status: 'pending',
    network: 'local',
    address: ALICE,
    principal: 'local',
    reason: 'requires_cosign',
    tier: 3,
    releaseAt: null,
    expiresAt: 2_000_000_000_000,
    quorum: { collected: 0, required: 1 },
    requiredSigners: [],
    explanation: [`pays 5,000 XRP to ${BOB}`],
    denyReason: null,
    signed: null,
    ...changes,
  };
}

/** What the signer shows of a request: the bound form, with the hash that people sign. */
export function fakeFull(approval: SignerApproval, args: JsonObject = {}) {
  const binding = {
    server: 'signer',
    tool: 'sign',
    pin: HASH,
    arguments: { network: approval.network, address: approval.address, blob: '1200', ...args },
    argumentsHash: HASH,
    principal: approval.principal,
    policyVersion: HASH,
    nonce: 'n',
    expiry: approval.expiresAt,
  };
  return {
    approval,
    request: {
      id: approval.approvalId,
      revision: 1,
      state: 'pending',
      createdAt: 1,
      expiresAt: approval.expiresAt,
      over: bindingHash(binding, contentHash),
      quorum: approval.quorum.required,
      reason: approval.explanation,
      binding,
      signatures: [],
    },
  };
}
