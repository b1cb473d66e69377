import { createHash } from 'node:crypto';
import { decode, encode } from 'ripple-binary-codec';

/** An amount as the codec decodes it: drops, an issued currency, or an MPT. */
export type TxAmount =
  | string
  | { readonly currency: string; readonly issuer: string; readonly value: string }
  | { readonly mpt_issuance_id: string; readonly value: string };

export interface TxSigner {
  readonly Signer: { readonly Account: string; readonly SigningPubKey: string; readonly TxnSignature: string };
}

export interface TxSignerEntry {
  readonly SignerEntry: { readonly Account: string; readonly SignerWeight: number; readonly WalletLocator?: string };
}

/** A transaction as the codec decodes it: each field has the type that its definition gives it. */
export interface Tx {
  readonly TransactionType: string;
  readonly Account: string;
  readonly Fee: string;
  readonly Sequence: number;
  readonly SigningPubKey: string;
  readonly TxnSignature?: string;
  readonly Signers?: readonly TxSigner[];
  readonly Flags?: number;
  readonly NetworkID?: number;
  readonly LastLedgerSequence?: number;
  readonly TicketSequence?: number;
  readonly AccountTxnID?: string;
  readonly Memos?: readonly object[];
  readonly Destination?: string;
  readonly DestinationTag?: number;
  readonly SourceTag?: number;
  readonly Amount?: TxAmount;
  readonly SendMax?: TxAmount;
  readonly DeliverMin?: TxAmount;
  readonly Paths?: readonly unknown[];
  readonly InvoiceID?: string;
  readonly SetFlag?: number;
  readonly ClearFlag?: number;
  readonly Domain?: string;
  readonly EmailHash?: string;
  readonly MessageKey?: string;
  readonly TransferRate?: number;
  readonly TickSize?: number;
  readonly NFTokenMinter?: string;
  readonly RegularKey?: string;
  readonly SignerQuorum?: number;
  readonly SignerEntries?: readonly TxSignerEntry[];
  readonly TicketCount?: number;
  readonly LimitAmount?: { readonly currency: string; readonly issuer: string; readonly value: string };
  readonly QualityIn?: number;
  readonly QualityOut?: number;
  readonly Condition?: string;
  readonly Fulfillment?: string;
  readonly FinishAfter?: number;
  readonly CancelAfter?: number;
  readonly Owner?: string;
  readonly OfferSequence?: number;
  readonly Expiration?: number;
  readonly CheckID?: string;
  readonly Channel?: string;
  readonly SettleDelay?: number;
  readonly PublicKey?: string;
  readonly Balance?: TxAmount;
  readonly Signature?: string;
  readonly CredentialIDs?: readonly string[];
}

/** The first half of SHA-512, as XRPL hashes everything. */
export function sha512Half(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, 32).toString('hex').toUpperCase();
}

/** The hash of a signed transaction: SHA-512Half of `TXN\0` and its bytes. */
export function transactionHash(blob: string): string {
  return sha512Half(Buffer.from('TXN\0', 'latin1'), Buffer.from(blob, 'hex'));
}

/** Decodes a blob with the real codec and demands its canonical form. @throws TypeError for anything else. */
export function decodeTransaction(blob: string): Tx {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(blob)) throw new TypeError('not hex');
  const tx = decode(blob) as unknown as Tx;
  if (encode(tx as object) !== blob.toUpperCase()) throw new TypeError('not canonical');
  if (typeof tx.TransactionType !== 'string' || typeof tx.Account !== 'string') throw new TypeError('no transaction');
  if (typeof tx.Fee !== 'string' || typeof tx.Sequence !== 'number') throw new TypeError('no fee or no sequence');
  return tx;
}
