import { hasFlag, TF_LIMIT_LP_TOKEN, TF_LP_TOKEN } from '../field-role.ts';
import { has, isZero, P, type TransactionTypeFacts, toOthers } from './facts.ts';

/** Automated market makers, vaults and loans. */
export const POOL_TYPES = {
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
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;
