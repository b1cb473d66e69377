import { err, isJsonObject, type Json, type JsonObject, ok, type Result, utf8 } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import { decode } from 'ripple-binary-codec';
import { parseDrops } from '../amount/drops.ts';
import { WalletError, type WalletErrorCode } from '../error.ts';
import { MAX_BATCH_TRANSACTIONS } from '../limits.ts';
import { type Address, isClassicAddress } from './address.ts';
import { decodeUnsigned } from './decode.ts';
import { encodeTransaction } from './encode.ts';
import { flagsOf, hasFlag, TF_INNER_BATCH } from './field-role.ts';
import type { Intent, SequenceUse } from './intent.ts';
import { parseMemos } from './memos.ts';
import { movementsOf } from './movements.ts';
import {
  COMMON_FIELDS,
  factsOf,
  isTransactionType,
  REFUSED_COMMON_FIELDS,
  SIGNATURE_FIELDS,
} from './transaction-types.ts';

/** Thrown inside this file only, to leave nested reading at once. */
function refuse(code: WalletErrorCode, message: string): never {
  throw new WalletError(code, message);
}

/**
 * Reads an unsigned transaction from its bytes into what it would do. Nothing is filled in or believed from elsewhere.
 * @param blobHex hex of the transaction as the codec writes it; see {@link decodeUnsigned} for what is refused.
 * @returns also INVALID_TRANSACTION for unknown and pseudo types and missing or malformed common fields, SEQUENCE_ERROR,
 *   INVALID_AMOUNT, AMOUNT_OUT_OF_RANGE, INVALID_ADDRESS, INVALID_MEMO, INVALID_BATCH.
 */
export function parseUnsigned(blobHex: string): Result<Intent, WalletError> {
  const decoded = decodeUnsigned(blobHex);
  return decoded.ok ? readDecoded(decoded.value.blob, decoded.value.transaction) : decoded;
}

/**
 * As {@link parseUnsigned}, of a transaction that was decoded strictly and then completed. Its bytes are the codec's own,
 * so nothing can trail or repeat in them; it is read from them all the same, for they are what is signed.
 */
export function parseCompleted(completed: JsonObject): Result<Intent, WalletError> {
  let blob: string;
  let transaction: JsonObject;
  try {
    blob = encodeTransaction(completed);
    transaction = decode(blob) as JsonObject;
  } catch (cause) {
    return err(new WalletError('TRANSACTION_NOT_CANONICAL', 'the transaction cannot be written', { cause }));
  }
  if (Object.keys(transaction).some((field) => SIGNATURE_FIELDS.has(field))) {
    return err(new WalletError('TRANSACTION_ALREADY_SIGNED', 'the transaction is already signed'));
  }
  return readDecoded(blob, transaction);
}

function readDecoded(blob: string, transaction: JsonObject): Result<Intent, WalletError> {
  try {
    // An outer transaction with the inner flag is never valid (XLS-56), and would slip past the outer checks.
    if (hasFlag(transaction, TF_INNER_BATCH)) refuse('INVALID_BATCH', 'the inner-transaction flag stands on its own');
    return ok(readIntent(transaction, blob, contentHash(Buffer.from(blob, 'hex'))));
  } catch (error) {
    if (error instanceof WalletError) return err(error);
    return err(new WalletError('INVALID_TRANSACTION', 'the transaction could not be read', { cause: error }));
  }
}

function readIntent(tx: JsonObject, blob: string, digest: Intent['digest']): Intent {
  const type = tx.TransactionType;
  if (!isTransactionType(type)) refuse('INVALID_TRANSACTION', `unknown transaction type ${String(type)}`);
  const { account, fee, sequence } = readCommon(tx);
  const memos = parseMemos(tx.Memos);
  if (!memos.ok) throw memos.error;
  const movements = movementsOf(type, tx, fee);
  if (!movements.ok) throw movements.error;
  const known = factsOf(type).fields;
  const others = Object.keys(tx).filter((field) => !COMMON_FIELDS.has(field) && !Object.hasOwn(known, field));
  return {
    type,
    account,
    networkId: uint32(tx, 'NetworkID'),
    fee,
    sequence,
    lastLedgerSequence: uint32(tx, 'LastLedgerSequence'),
    flags: flagsOf(tx),
    sourceTag: uint32(tx, 'SourceTag'),
    destination: readDestination(tx),
    memos: memos.value,
    movements: movements.value,
    parties: partiesOf(tx, account),
    inner: type === 'Batch' ? readInner(tx.RawTransactions) : [],
    unknownFields: others.filter((field) => !Object.hasOwn(REFUSED_COMMON_FIELDS, field)),
    refusedFields: others.filter((field) => Object.hasOwn(REFUSED_COMMON_FIELDS, field)),
    signingPublicKey: typeof tx.SigningPubKey === 'string' ? tx.SigningPubKey : '',
    transaction: tx,
    blob,
    digest,
  };
}

function readCommon(tx: JsonObject): { account: Address; fee: bigint; sequence: SequenceUse } {
  const account = tx.Account;
  if (!isClassicAddress(account)) refuse('INVALID_ADDRESS', 'Account is missing or is not an address');
  if (typeof tx.Fee !== 'string') refuse('INVALID_TRANSACTION', 'Fee is missing or is not in drops');
  const fee = parseDrops(tx.Fee);
  if (!fee.ok) throw fee.error;
  return { account, fee: fee.value, sequence: readSequence(tx) };
}

/** A ticketed transaction has Sequence 0 (XLS-13), any other a Sequence above 0. */
function readSequence(tx: JsonObject): SequenceUse {
  const sequence = uint32(tx, 'Sequence');
  const ticket = uint32(tx, 'TicketSequence');
  if (sequence === null) refuse('SEQUENCE_ERROR', 'Sequence is missing');
  if (ticket === null) {
    if (sequence === 0) refuse('SEQUENCE_ERROR', 'Sequence 0 needs a TicketSequence');
    return { kind: 'sequence', value: sequence };
  }
  if (sequence !== 0) refuse('SEQUENCE_ERROR', 'a ticketed transaction keeps Sequence 0');
  if (ticket === 0) refuse('SEQUENCE_ERROR', 'TicketSequence 0 is no ticket');
  return { kind: 'ticket', value: ticket };
}

function uint32(tx: JsonObject, field: string): number | null {
  const value = tx[field];
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  return refuse('INVALID_TRANSACTION', `${field} is not a 32-bit number`);
}

function readDestination(tx: JsonObject): Intent['destination'] {
  const tag = uint32(tx, 'DestinationTag');
  if (tx.Destination === undefined) {
    if (tag !== null) refuse('INVALID_TRANSACTION', 'a DestinationTag without a Destination');
    return null;
  }
  if (!isClassicAddress(tx.Destination)) refuse('INVALID_ADDRESS', 'Destination is not an address');
  return { address: tx.Destination, tag };
}

/** Every account named anywhere but the transaction's own. Addresses are the only values of the codec that look like them. */
function partiesOf(tx: JsonObject, account: Address): readonly Address[] {
  const found = new Set<Address>();
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      if (value !== account && isClassicAddress(value)) found.add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const member of Object.values(value)) walk(member);
    }
  };
  walk(tx);
  return [...found];
}

/** Inner transactions (XLS-56 §2.3): flagged, unsigned, without fee, never a Batch themselves. */
function readInner(json: Json | undefined): readonly Intent[] {
  if (!Array.isArray(json) || json.length === 0) refuse('INVALID_BATCH', 'a Batch holds no inner transaction');
  if (json.length > MAX_BATCH_TRANSACTIONS) {
    refuse('INVALID_BATCH', `a Batch holds more than ${MAX_BATCH_TRANSACTIONS} transactions`);
  }
  return (json as readonly Json[]).map((entry) => {
    const tx = isJsonObject(entry) && Object.keys(entry).length === 1 ? entry.RawTransaction : undefined;
    if (!isJsonObject(tx)) refuse('INVALID_BATCH', 'an entry of RawTransactions is not a transaction');
    if (tx.TransactionType === 'Batch') refuse('INVALID_BATCH', 'a Batch within a Batch');
    if (!hasFlag(tx, TF_INNER_BATCH)) refuse('INVALID_BATCH', 'an inner transaction without the inner flag');
    if (Object.keys(tx).some((field) => SIGNATURE_FIELDS.has(field)) || tx.SigningPubKey !== '') {
      refuse('INVALID_BATCH', 'an inner transaction is signed');
    }
    if (tx.Fee !== '0') refuse('INVALID_BATCH', 'an inner transaction has a fee of its own');
    // Inner transactions are decided as part of the outer bytes; their digest only tells them apart.
    return readIntent(tx, '', contentHash(utf8(JSON.stringify(tx))));
  });
}
