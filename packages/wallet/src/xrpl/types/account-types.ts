import { P, type TransactionTypeFacts } from './facts.ts';

/** The account itself: control, identity, oracles, upkeep. */
export const ACCOUNT_TYPES = {
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
      // Signed: what is put into the sponsorship, or with a minus taken back out of it.
      FeeAmountDelta: (tx) => (String(tx.FeeAmountDelta).startsWith('-') ? 'in' : 'lock'),
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
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;
