import { P, type TransactionTypeFacts, toOthers } from './facts.ts';

/** Bridges to other chains. */
export const BRIDGE_TYPES = {
  XChainCreateClaimID: {
    category: 'bridge',
    tier: 2,
    fields: { XChainBridge: P, SignatureReward: 'lock', OtherChainSource: P },
  },
  XChainCommit: {
    category: 'bridge',
    tier: 2,
    counterparty: 'OtherChainDestination',
    fields: { XChainBridge: P, XChainClaimID: P, Amount: 'out', OtherChainDestination: P },
  },
  XChainClaim: {
    category: 'bridge',
    tier: 2,
    fields: { XChainBridge: P, XChainClaimID: P, Destination: P, DestinationTag: P, Amount: toOthers },
  },
  XChainAccountCreateCommit: {
    category: 'bridge',
    tier: 2,
    fields: { XChainBridge: P, Destination: P, Amount: 'out', SignatureReward: 'out' },
  },
  // A witness's word mints money on this chain: governance of the bridge, whatever the amount.
  XChainAddClaimAttestation: {
    category: 'bridge',
    tier: 3,
    governance: true,
    fields: {
      XChainBridge: P,
      AttestationSignerAccount: P,
      PublicKey: P,
      Signature: P,
      OtherChainSource: P,
      Amount: 'limit',
      AttestationRewardAccount: P,
      WasLockingChainSend: P,
      XChainClaimID: P,
      Destination: P,
    },
  },
  XChainAddAccountCreateAttestation: {
    category: 'bridge',
    tier: 3,
    governance: true,
    fields: {
      XChainBridge: P,
      AttestationSignerAccount: P,
      PublicKey: P,
      Signature: P,
      OtherChainSource: P,
      Amount: 'limit',
      AttestationRewardAccount: P,
      WasLockingChainSend: P,
      XChainAccountCreateCount: P,
      Destination: P,
      SignatureReward: 'limit',
    },
  },
  XChainCreateBridge: {
    category: 'bridge',
    tier: 3,
    governance: true,
    fields: { XChainBridge: P, SignatureReward: 'limit', MinAccountCreateAmount: 'limit' },
  },
  XChainModifyBridge: {
    category: 'bridge',
    tier: 3,
    governance: true,
    fields: { XChainBridge: P, SignatureReward: 'limit', MinAccountCreateAmount: 'limit' },
  },
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;
