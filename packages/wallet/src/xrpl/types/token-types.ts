import { has, isSell, P, type TransactionTypeFacts } from './facts.ts';

/** NFTs, multi-purpose tokens, and what issuers may take back. */
export const TOKEN_TYPES = {
  NFTokenMint: {
    category: 'nft',
    tier: 2,
    // Amount asks a price for the new token.
    fields: {
      NFTokenTaxon: P,
      TransferFee: P,
      Issuer: P,
      URI: P,
      Amount: 'in',
      Destination: P,
      Expiration: P,
    },
  },
  NFTokenBurn: { category: 'nft', tier: 2, fields: { NFTokenID: 'nft:out', Owner: P } },
  NFTokenModify: { category: 'nft', tier: 2, fields: { NFTokenID: P, Owner: P, URI: P } },
  NFTokenCreateOffer: {
    category: 'nft',
    tier: 2,
    fields: {
      NFTokenID: (tx) => (isSell(tx) ? 'nft:out' : 'nft:in'),
      Amount: (tx) => (isSell(tx) ? 'in' : 'out'),
      Destination: P,
      Owner: P,
      Expiration: P,
    },
  },
  NFTokenCancelOffer: { category: 'nft', tier: 1, fields: { NFTokenOffers: P } },
  NFTokenAcceptOffer: {
    category: 'nft',
    tier: 2,
    fields: {
      // A buy offer pays us for an NFT; brokered, both sides pay through and the fee comes to us.
      NFTokenBuyOffer: (tx) => (has(tx, 'NFTokenSellOffer') ? 'reference:limit' : 'reference:in'),
      // A sell offer takes its price from us, and only the ledger knows how much that is.
      NFTokenSellOffer: (tx) => (has(tx, 'NFTokenBuyOffer') ? 'reference:limit' : 'reference:out'),
      NFTokenBrokerFee: 'in',
    },
  },
  Clawback: { category: 'issuer', tier: 4, fields: { Amount: 'in', Holder: P } },
  AMMClawback: { category: 'issuer', tier: 4, fields: { Holder: P, Asset: P, Asset2: P, Amount: 'in' } },
  MPTokenIssuanceCreate: {
    category: 'mpt',
    tier: 2,
    fields: {
      AssetScale: P,
      TransferFee: P,
      MaximumAmount: P,
      MPTokenMetadata: P,
      DomainID: P,
      ImmutableFlags: P,
    },
  },
  MPTokenIssuanceDestroy: { category: 'mpt', tier: 2, fields: { MPTokenIssuanceID: P } },
  MPTokenIssuanceSet: {
    category: 'mpt',
    tier: 2,
    fields: {
      MPTokenIssuanceID: P,
      Holder: P,
      DomainID: P,
      MPTokenMetadata: P,
      TransferFee: P,
      ImmutableFlags: P,
      IssuerEncryptionKey: P,
      AuditorEncryptionKey: P,
    },
  },
  MPTokenAuthorize: { category: 'mpt', tier: 2, fields: { MPTokenIssuanceID: P, Holder: P } },
  ConfidentialMPTConvert: {
    category: 'mpt',
    tier: 2,
    fields: {
      MPTokenIssuanceID: P,
      MPTAmount: 'lock',
      HolderEncryptionKey: P,
      HolderEncryptedAmount: P,
      IssuerEncryptedAmount: P,
      AuditorEncryptedAmount: P,
      BlindingFactor: P,
      ZKProof: P,
    },
  },
  ConfidentialMPTConvertBack: {
    category: 'mpt',
    tier: 2,
    fields: {
      MPTokenIssuanceID: P,
      MPTAmount: 'in',
      HolderEncryptedAmount: P,
      IssuerEncryptedAmount: P,
      AuditorEncryptedAmount: P,
      BlindingFactor: P,
      ZKProof: P,
      BalanceCommitment: P,
    },
  },
  ConfidentialMPTMergeInbox: { category: 'mpt', tier: 2, fields: { MPTokenIssuanceID: P } },
  // The amount is encrypted: what cannot be counted is not allowed.
  ConfidentialMPTSend: {
    category: 'mpt',
    tier: 4,
    fields: {
      MPTokenIssuanceID: P,
      Destination: P,
      DestinationTag: P,
      SenderEncryptedAmount: P,
      DestinationEncryptedAmount: P,
      IssuerEncryptedAmount: P,
      AuditorEncryptedAmount: P,
      ZKProof: P,
      AmountCommitment: P,
      BalanceCommitment: P,
      CredentialIDs: P,
    },
    unbounded: () => [{ direction: 'out', field: 'SenderEncryptedAmount', extent: 'hidden' }],
  },
  ConfidentialMPTClawback: {
    category: 'issuer',
    tier: 4,
    fields: { MPTokenIssuanceID: P, Holder: P, MPTAmount: 'in', ZKProof: P },
  },
  VaultClawback: { category: 'issuer', tier: 4, fields: { VaultID: P, Holder: P, Amount: 'in' } },
  LoanBrokerCoverClawback: { category: 'issuer', tier: 4, fields: { LoanBrokerID: P, Amount: 'in' } },
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;
