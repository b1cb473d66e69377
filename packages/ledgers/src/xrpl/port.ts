import type { JsonObject } from '@wardmesh/core';
import type { ResultFacts } from './result.ts';

/** State of a node and the prices of its last validated ledger; amounts in drops. */
export interface ServerInfo {
  readonly networkId: number;
  readonly buildVersion: string;
  readonly completeLedgers: string;
  readonly validated: ValidatedLedger;
  readonly baseFee: bigint;
  readonly reserveBase: bigint;
  readonly reserveIncrement: bigint;
}

export interface ValidatedLedger {
  readonly index: number;
  readonly hash: string;
}

export interface Fee {
  /** Drops for a plain transaction without load. */
  readonly baseFee: bigint;
  /** Drops to get into the open ledger now. */
  readonly openLedgerFee: bigint;
  readonly medianFee: bigint;
  readonly minimumFee: bigint;
  readonly currentIndex: number;
}

export interface AccountInfo {
  readonly address: string;
  readonly balance: bigint;
  readonly sequence: number;
  readonly ownerCount: number;
  readonly flags: number;
  readonly ticketCount: number;
  readonly regularKey: string | undefined;
  readonly signerList: SignerListInfo | undefined;
  /** Where it was read; undefined for the open ledger. */
  readonly validated: ValidatedLedger | undefined;
  /** Endpoints that told the same of the same ledger; 1 for the open ledger, which is each node's own. */
  readonly confirmedBy: number;
}

export interface SignerListInfo {
  readonly quorum: number;
  readonly signers: readonly { readonly address: string; readonly weight: number }[];
}

export interface LedgerHeader {
  readonly index: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Milliseconds since the Unix epoch; what escrow times are compared with. */
  readonly closeTime: number;
  readonly totalDrops: bigint;
  readonly validated: boolean;
  /** Hashes of its transactions, where asked for. */
  readonly transactions: readonly string[] | undefined;
}

/** An amount as the ledger tells it: drops, or an issued value as text. */
export type LedgerAmount =
  | { readonly kind: 'xrp'; readonly drops: bigint }
  | { readonly kind: 'issued'; readonly currency: string; readonly issuer: string; readonly value: string }
  | { readonly kind: 'mpt'; readonly issuanceId: string; readonly value: string };

/** A transaction in a validated ledger. */
export interface ValidatedTransaction {
  readonly hash: string;
  /** `tesSUCCESS`, or a tec that took the fee and did nothing else. */
  readonly result: string;
  readonly ledgerIndex: number;
  readonly ledgerHash: string;
  readonly closeTime: number;
  readonly delivered: LedgerAmount | undefined;
  /** Place in its ledger. */
  readonly position: number;
  /** The fields as the API shows them: payments have DeliverMax, not Amount. */
  readonly transaction: JsonObject;
  readonly meta: JsonObject;
}

export type TransactionStatus =
  | ({ readonly kind: 'validated' } & ValidatedTransaction)
  /** The node knows it; no validated ledger holds it yet. */
  | { readonly kind: 'pending'; readonly hash: string }
  /** The node does not know it. `searchedAll`: it holds every ledger of the range asked for, and none has it. */
  | { readonly kind: 'not_found'; readonly hash: string; readonly searchedAll: boolean };

/** What a node said when it took a transaction: never the final word. */
export interface Provisional extends ResultFacts {
  readonly hash: string;
  readonly result: string;
  readonly message: string;
  /** It is in the open ledger, queued, or kept for later: it may yet be validated. */
  readonly accepted: boolean;
  readonly validatedIndex: number;
}

/** How a submission ended. Only `validated` and `expired` are final. */
export type SubmissionOutcome =
  | ({
      readonly kind: 'validated';
      readonly success: boolean;
      /** Endpoints that told the same story of the same ledger, independently asked. */
      readonly confirmedBy: number;
    } & ValidatedTransaction &
      ResultFacts)
  /** Its last ledger is validated and holds it not: it can never be applied. */
  | {
      readonly kind: 'expired';
      readonly hash: string;
      readonly lastLedgerSequence: number;
      readonly confirmedBy: number;
      readonly provisional: Provisional | undefined;
    }
  /** Refused for now. The signed bytes stay valid until `lastLedgerSequence`: do not treat the money as free before. */
  | {
      readonly kind: 'rejected';
      readonly hash: string;
      readonly lastLedgerSequence: number;
      readonly provisional: Provisional;
    }
  /** Not decided in the time given, or not confirmed by enough endpoints. */
  | {
      readonly kind: 'pending';
      readonly hash: string;
      readonly lastLedgerSequence: number;
      readonly provisional: Provisional | undefined;
    };

export interface Page<T> {
  readonly rows: readonly T[];
  /** Opaque; ask with it for the next page. */
  readonly marker: JsonObject | string | undefined;
}

export interface PageRequest {
  /** 1…400. */
  readonly limit?: number;
  readonly marker?: JsonObject | string;
}

export type LedgerObjectType = 'check' | 'escrow' | 'payment_channel' | 'signer_list' | 'state' | 'ticket' | 'offer';

export interface HistoryRequest extends PageRequest {
  /** Oldest first. Default newest first. */
  readonly forward?: boolean;
  readonly minLedger?: number;
  readonly maxLedger?: number;
}

export interface WaitOptions {
  /** Longest wait, ms. */
  readonly waitMs?: number;
  /** Resolve as `rejected` when the node refuses at once. Default true; false waits for the last ledger. */
  readonly stopOnRejection?: boolean;
  /** First ledger that can hold it, where known: lets a node of short history prove that none does. */
  readonly firstLedger?: number;
  readonly signal?: AbortSignal;
}

export type LedgerEvent =
  | { readonly kind: 'ledger'; readonly index: number; readonly hash: string; readonly closeTime: number }
  | { readonly kind: 'transaction'; readonly hash: string; readonly ledgerIndex: number; readonly result: string }
  /** The connection was renewed: what happened in between must be read again. */
  | { readonly kind: 'gap' };

/**
 * What the wallet needs of the XRP Ledger. All answers are parsed into exact types; a function that is asked of an
 * endpoint which lies can be misled only where it says so.
 */
export interface XrplLedger {
  readonly networkId: number;
  serverInfo(): Promise<ServerInfo>;
  fee(): Promise<Fee>;
  /**
   * `at`: the open ledger counts what is not validated yet. Default validated, which a second endpoint confirms where
   * one is given and knows that ledger. @throws LedgersError ACCOUNT_NOT_FOUND, ENDPOINTS_DISAGREE
   */
  accountInfo(address: string, at?: 'validated' | 'current'): Promise<AccountInfo>;
  accountObjects(
    address: string,
    request?: PageRequest & { readonly type?: LedgerObjectType },
  ): Promise<Page<JsonObject>>;
  /** One endpoint's word, newest first. @throws LedgersError ACCOUNT_NOT_FOUND */
  accountTransactions(address: string, request?: HistoryRequest): Promise<Page<ValidatedTransaction>>;
  /** @throws LedgersError LEDGER_NOT_FOUND */
  ledger(index: number | 'validated', options?: { readonly transactions?: boolean }): Promise<LedgerHeader>;
  /** One endpoint's word on a transaction. */
  transaction(hash: string, range?: { readonly min: number; readonly max: number }): Promise<TransactionStatus>;
  /** Sends signed bytes. @throws LedgersError INVALID_TRANSACTION, NETWORK_MISMATCH */
  submit(blob: string): Promise<Provisional>;
  /** Sends signed bytes and waits for a validated ledger, or for the last ledger to pass. */
  submitAndWait(blob: string, options?: WaitOptions): Promise<SubmissionOutcome>;
  /** Waits for bytes that may have been sent before: the way back after a crash. Sends nothing. */
  awaitOutcome(blob: string, options?: WaitOptions): Promise<SubmissionOutcome>;
  /** Tells of validated ledgers and of transactions of these accounts until the answer is called. */
  subscribe(accounts: readonly string[], listener: (event: LedgerEvent) => void): Promise<() => void>;
  close(): void;
}
