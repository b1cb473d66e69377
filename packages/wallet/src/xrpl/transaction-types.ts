import type { JsonObject } from '@wardmesh/core';
import { type FieldRoleOf, hasFlag, TF_LIMIT_LP_TOKEN, TF_LP_TOKEN, TF_SELL_NFTOKEN } from './field-role.ts';
import type { Direction, Extent } from './movement.ts';

/** 1 autonomous, 2 delayed with veto, 3 co-sign, 4 prohibited. */
export type Tier = 1 | 2 | 3 | 4;

export type Category =
  | 'payments'
  | 'dex'
  | 'escrow'
  | 'channels'
  | 'checks'
  | 'trust'
  | 'account'
  | 'nft'
  | 'amm'
  | 'mpt'
  | 'vault'
  | 'lending'
  | 'bridge'
  | 'identity'
  | 'oracle'
  | 'batch'
  | 'issuer'
  | 'maintenance';

export interface TransactionTypeFacts {
  readonly category: Category;
  /** Tier where neither policy nor money asks for a higher one (ADR-009; unlisted types are "strict", tier 2). */
  readonly tier: Tier;
  /** Changes who controls the account or ends it: no rule lowers its tier. */
  readonly governance?: true;
  /** Burns an owner reserve instead of the base fee (AccountDelete, AMMCreate, VaultCreate…). */
  readonly reserveFee?: true;
  /** Every field of the type beside the common ones. A field that is not here makes the transaction prohibited. */
  readonly fields: Readonly<Record<string, FieldRoleOf>>;
  /** Field that names who gets what goes out, where it is not `Destination`. */
  readonly counterparty?: string;
  /** Movements that no field holds a number for. */
  readonly unbounded?: (tx: JsonObject) => readonly UnboundedMovement[];
}

export interface UnboundedMovement {
  readonly direction: Direction;
  readonly field: string;
  readonly extent: Extract<Extent, 'balance' | 'computed' | 'hidden'>;
}

const P = 'plain';
/** What may go to someone else goes out; what comes back to the wallet comes in. */
const toOthers = (tx: JsonObject): 'out' | 'in' =>
  tx.Destination === undefined || tx.Destination === tx.Account ? 'in' : 'out';
const isSell = (tx: JsonObject): boolean => hasFlag(tx, TF_SELL_NFTOKEN);
const isZero = (amount: unknown): boolean =>
  amount === '0' || (typeof amount === 'object' && amount !== null && 'value' in amount && amount.value === '0');
const has = (tx: JsonObject, field: string): boolean => tx[field] !== undefined;

/** Fields that every transaction may carry (rippled TxFormats, common fields) and that we let through. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  'TransactionType',
  'Flags',
  'SourceTag',
  'Account',
  'Sequence',
  'LastLedgerSequence',
  'AccountTxnID',
  'Fee',
  'Memos',
  'SigningPubKey',
  'TicketSequence',
  'NetworkID',
]);

/**
 * Common fields that we refuse, each with its reason: the emitted-transaction leftovers do nothing on the ledger; the
 * others make someone else the signer or the payer, which no policy here describes.
 */
export const REFUSED_COMMON_FIELDS: Readonly<Record<string, string>> = {
  PreviousTxnID: 'has no meaning in a transaction',
  OperationLimit: 'has no meaning on the XRP Ledger',
  Delegate: 'someone else would sign for the account',
  Sponsor: 'someone else would pay',
  SponsorFlags: 'someone else would pay',
};

/** Common fields that mean the transaction is signed, in whole or in part. */
export const SIGNATURE_FIELDS: ReadonlySet<string> = new Set([
  'TxnSignature',
  'Signers',
  'SponsorSignature',
  'BatchSigners',
  'CounterpartySignature',
  'MasterSignature',
]);

/** Every user transaction type that the codec knows. A test fails where the codec knows a type or a field that is not here. */
export const TRANSACTION_TYPES = {
  Payment: {
    category: 'payments',
    tier: 1,
    fields: {
      Destination: P,
      // Where SendMax stands it bounds what leaves, and Amount is what should arrive.
      Amount: (tx) => (has(tx, 'SendMax') ? 'limit' : 'out'),
      SendMax: 'out',
      DeliverMin: 'limit',
      Paths: P,
      InvoiceID: P,
      DestinationTag: P,
      CredentialIDs: P,
      DomainID: P,
    },
  },
  EscrowCreate: {
    category: 'escrow',
    tier: 2,
    fields: { Destination: P, Amount: 'lock', Condition: P, CancelAfter: P, FinishAfter: P, DestinationTag: P },
  },
  EscrowFinish: {
    category: 'escrow',
    tier: 1,
    fields: { Owner: P, OfferSequence: 'plain', Fulfillment: P, Condition: P, CredentialIDs: P },
  },
  EscrowCancel: { category: 'escrow', tier: 1, fields: { Owner: P, OfferSequence: P } },
  AccountSet: {
    category: 'account',
    tier: 3,
    governance: true,
    fields: {
      EmailHash: P,
      WalletLocator: P,
      WalletSize: P,
      MessageKey: P,
      Domain: P,
      TransferRate: P,
      SetFlag: P,
      ClearFlag: P,
      TickSize: P,
      NFTokenMinter: P,
    },
  },
  SetRegularKey: { category: 'account', tier: 3, governance: true, fields: { RegularKey: P } },
  SignerListSet: { category: 'account', tier: 3, governance: true, fields: { SignerQuorum: P, SignerEntries: P } },
  AccountDelete: {
    category: 'account',
    tier: 3,
    governance: true,
    reserveFee: true,
    fields: { Destination: P, DestinationTag: P, CredentialIDs: P },
    unbounded: () => [{ direction: 'out', field: 'Destination', extent: 'balance' }],
  },
  DelegateSet: { category: 'account', tier: 3, governance: true, fields: { Authorize: P, Permissions: P } },
  SponsorshipSet: {
    category: 'account',
    tier: 3,
    governance: true,
    counterparty: 'Sponsee',
    fields: {
      CounterpartySponsor: P,
      Sponsee: P,
      FeeAmountDelta: 'lock',
      MaxFee: 'limit',
      RemainingOwnerCountDelta: P,
    },
  },
  SponsorshipTransfer: { category: 'account', tier: 3, governance: true, fields: { ObjectID: P, Sponsee: P } },
  TicketCreate: { category: 'account', tier: 2, fields: { TicketCount: P } },
  DepositPreauth: {
    category: 'account',
    tier: 2,
    fields: { Authorize: P, Unauthorize: P, AuthorizeCredentials: P, UnauthorizeCredentials: P },
  },
  OfferCreate: {
    category: 'dex',
    tier: 2,
    fields: { TakerPays: 'in', TakerGets: 'out', Expiration: P, OfferSequence: P, DomainID: P },
  },
  OfferCancel: { category: 'dex', tier: 1, fields: { OfferSequence: P } },
  PaymentChannelCreate: {
    category: 'channels',
    tier: 2,
    fields: { Destination: P, Amount: 'lock', SettleDelay: P, PublicKey: P, CancelAfter: P, DestinationTag: P },
  },
  PaymentChannelFund: { category: 'channels', tier: 2, fields: { Channel: P, Amount: 'lock', Expiration: P } },
  PaymentChannelClaim: {
    category: 'channels',
    tier: 1,
    // Both only divide what the channel locked before.
    fields: { Channel: P, Amount: 'limit', Balance: 'limit', Signature: P, PublicKey: P, CredentialIDs: P },
  },
  CheckCreate: {
    category: 'checks',
    tier: 2,
    // Cashable by the destination at any time until it expires: spent when written.
    fields: { Destination: P, SendMax: 'out', Expiration: P, DestinationTag: P, InvoiceID: P },
  },
  CheckCash: { category: 'checks', tier: 1, fields: { CheckID: 'reference:in', Amount: 'in', DeliverMin: 'limit' } },
  CheckCancel: { category: 'checks', tier: 1, fields: { CheckID: P } },
  TrustSet: { category: 'trust', tier: 2, fields: { LimitAmount: 'limit', QualityIn: P, QualityOut: P } },
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
  AMMCreate: {
    category: 'amm',
    tier: 3,
    reserveFee: true,
    fields: { Amount: 'lock', Amount2: 'lock', TradingFee: P },
  },
  AMMDeposit: {
    category: 'amm',
    tier: 2,
    fields: {
      Asset: P,
      Asset2: P,
      Amount: 'lock',
      Amount2: 'lock',
      EPrice: 'limit',
      LPTokenOut: 'in',
      TradingFee: P,
    },
    // With tfLPToken the amounts are minima; with tfLimitLPToken a zero Amount is worked out from the price (XLS-30 §3.3).
    unbounded: (tx) =>
      hasFlag(tx, TF_LP_TOKEN) ||
      (hasFlag(tx, TF_LIMIT_LP_TOKEN) && isZero(tx.Amount)) ||
      (!has(tx, 'Amount') && !has(tx, 'Amount2'))
        ? [{ direction: 'lock', field: 'LPTokenOut', extent: 'computed' }]
        : [],
  },
  AMMWithdraw: {
    category: 'amm',
    tier: 2,
    // A share is redeemed for what it stands for, into the same account.
    fields: { Asset: P, Asset2: P, Amount: 'in', Amount2: 'in', EPrice: 'limit', LPTokenIn: 'limit' },
  },
  AMMVote: { category: 'amm', tier: 2, fields: { Asset: P, Asset2: P, TradingFee: P } },
  AMMBid: {
    category: 'amm',
    tier: 2,
    fields: {
      Asset: P,
      Asset2: P,
      BidMin: (tx) => (has(tx, 'BidMax') ? 'limit' : 'out'),
      BidMax: 'out',
      AuthAccounts: P,
    },
    // Without BidMax the slot costs what the ledger asks.
    unbounded: (tx) => (has(tx, 'BidMax') ? [] : [{ direction: 'out', field: 'BidMax', extent: 'computed' }]),
  },
  AMMDelete: { category: 'amm', tier: 2, fields: { Asset: P, Asset2: P } },
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
  DIDSet: { category: 'identity', tier: 2, fields: { DIDDocument: P, URI: P, Data: P } },
  DIDDelete: { category: 'identity', tier: 2, fields: {} },
  CredentialCreate: { category: 'identity', tier: 2, fields: { Subject: P, CredentialType: P, Expiration: P, URI: P } },
  CredentialAccept: { category: 'identity', tier: 2, fields: { Issuer: P, CredentialType: P } },
  CredentialDelete: { category: 'identity', tier: 2, fields: { Subject: P, Issuer: P, CredentialType: P } },
  PermissionedDomainSet: { category: 'identity', tier: 2, fields: { DomainID: P, AcceptedCredentials: P } },
  PermissionedDomainDelete: { category: 'identity', tier: 2, fields: { DomainID: P } },
  OracleSet: {
    category: 'oracle',
    tier: 2,
    fields: { OracleDocumentID: P, Provider: P, URI: P, AssetClass: P, LastUpdateTime: P, PriceDataSeries: P },
  },
  OracleDelete: { category: 'oracle', tier: 2, fields: { OracleDocumentID: P } },
  LedgerStateFix: {
    category: 'maintenance',
    tier: 2,
    reserveFee: true,
    fields: { LedgerFixType: P, Owner: P, BookDirectory: P },
  },
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
  VaultCreate: {
    category: 'vault',
    tier: 2,
    reserveFee: true,
    fields: {
      Asset: P,
      AssetsMaximum: 'terms',
      MPTokenMetadata: P,
      DomainID: P,
      WithdrawalPolicy: P,
      Data: P,
      Scale: P,
      VaultKind: P,
      SubscriptionDate: P,
      RedemptionDate: P,
    },
  },
  VaultSet: { category: 'vault', tier: 2, fields: { VaultID: P, AssetsMaximum: 'terms', DomainID: P, Data: P } },
  VaultDelete: { category: 'vault', tier: 2, fields: { VaultID: P, MemoData: P } },
  VaultDeposit: { category: 'vault', tier: 2, fields: { VaultID: P, Amount: 'lock' } },
  VaultWithdraw: {
    category: 'vault',
    tier: 2,
    fields: { VaultID: P, Amount: toOthers, Destination: P, DestinationTag: P, CredentialIDs: P },
  },
  VaultClawback: { category: 'issuer', tier: 4, fields: { VaultID: P, Holder: P, Amount: 'in' } },
  LoanBrokerSet: {
    category: 'lending',
    tier: 2,
    fields: {
      VaultID: P,
      LoanBrokerID: P,
      Data: P,
      ManagementFeeRate: P,
      DebtMaximum: 'terms',
      CoverRateMinimum: P,
      CoverRateLiquidation: P,
    },
  },
  LoanBrokerDelete: { category: 'lending', tier: 2, fields: { LoanBrokerID: P } },
  LoanBrokerCoverDeposit: { category: 'lending', tier: 2, fields: { LoanBrokerID: P, Amount: 'lock' } },
  LoanBrokerCoverWithdraw: {
    category: 'lending',
    tier: 2,
    fields: { LoanBrokerID: P, Amount: toOthers, Destination: P, DestinationTag: P, CredentialIDs: P },
  },
  LoanBrokerCoverClawback: { category: 'issuer', tier: 4, fields: { LoanBrokerID: P, Amount: 'in' } },
  // A debt is a promise of all its payments: people sign it.
  LoanSet: {
    category: 'lending',
    tier: 3,
    governance: true,
    fields: {
      LoanBrokerID: P,
      Data: P,
      Counterparty: P,
      LoanOriginationFee: 'terms',
      LoanServiceFee: 'terms',
      LatePaymentFee: 'terms',
      ClosePaymentFee: 'terms',
      OverpaymentFee: P,
      InterestRate: P,
      LateInterestRate: P,
      CloseInterestRate: P,
      OverpaymentInterestRate: P,
      PrincipalRequested: 'terms',
      PaymentTotal: P,
      PaymentInterval: P,
      GracePeriod: P,
    },
  },
  LoanDelete: { category: 'lending', tier: 2, fields: { LoanID: P } },
  LoanManage: { category: 'lending', tier: 2, fields: { LoanID: P } },
  LoanPay: { category: 'lending', tier: 2, fields: { LoanID: P, Amount: 'out' } },
  Batch: { category: 'batch', tier: 1, fields: { RawTransactions: 'batch' } },
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;

export type TransactionType = keyof typeof TRANSACTION_TYPES;

export function isTransactionType(name: unknown): name is TransactionType {
  return typeof name === 'string' && Object.hasOwn(TRANSACTION_TYPES, name);
}

export function factsOf(type: TransactionType): TransactionTypeFacts {
  return TRANSACTION_TYPES[type];
}
