import { has, P, type TransactionTypeFacts } from './facts.ts';

/** Payments, escrows, channels, checks, trust lines, the exchange, and Batch. */
export const PAYMENT_TYPES = {
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
  Batch: { category: 'batch', tier: 1, fields: { RawTransactions: 'batch' } },
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;
