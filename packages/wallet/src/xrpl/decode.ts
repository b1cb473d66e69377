import { err, type JsonObject, ok, type Result } from '@wardmesh/core';
import { decode } from 'ripple-binary-codec';
import { WalletError } from '../error.ts';
import { MAX_BLOB_BYTES, MIN_BLOB_BYTES } from '../limits.ts';
import { encodeTransaction } from './encode.ts';
import { SIGNATURE_FIELDS } from './transaction-types.ts';

/**
 * Decodes a blob strictly: hex of {@link MIN_BLOB_BYTES} to {@link MAX_BLOB_BYTES} bytes that the codec reads and writes
 * back to the same bytes. So nothing trails, no field stands twice or out of order, and what we decide on is what is
 * signed. Both cases of hex are read; the answer is upper case.
 * @returns INVALID_HEX_FORMAT, TRANSACTION_TOO_SHORT, TRANSACTION_TOO_LARGE, DECODE_FAILED, TRANSACTION_NOT_CANONICAL
 */
export function decodeStrict(blobHex: string): Result<{ blob: string; transaction: JsonObject }, WalletError> {
  const fault = (code: ConstructorParameters<typeof WalletError>[0], message: string, cause?: unknown) =>
    err(new WalletError(code, message, cause === undefined ? {} : { cause }));
  if (blobHex.length > 2 * MAX_BLOB_BYTES) {
    return fault('TRANSACTION_TOO_LARGE', `a transaction has at most ${MAX_BLOB_BYTES} bytes`);
  }
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(blobHex)) return fault('INVALID_HEX_FORMAT', 'a blob is hex digits in pairs');
  if (blobHex.length < 2 * MIN_BLOB_BYTES) {
    return fault('TRANSACTION_TOO_SHORT', `a transaction has at least ${MIN_BLOB_BYTES} bytes`);
  }
  const blob = blobHex.toUpperCase();
  let transaction: JsonObject;
  try {
    transaction = decode(blob) as JsonObject;
  } catch (cause) {
    return fault('DECODE_FAILED', 'the blob is not a transaction', cause);
  }
  let again: string;
  try {
    again = encodeTransaction(transaction);
  } catch (cause) {
    return fault('TRANSACTION_NOT_CANONICAL', 'the blob holds a value that cannot be written back', cause);
  }
  if (again !== blob) {
    return fault(
      'TRANSACTION_NOT_CANONICAL',
      'the blob is not in canonical form: bytes trail, repeat or are out of order',
    );
  }
  return ok({ blob, transaction });
}

/** A strictly decoded blob that carries no signature of any kind. @returns also TRANSACTION_ALREADY_SIGNED */
export function decodeUnsigned(blobHex: string): Result<{ blob: string; transaction: JsonObject }, WalletError> {
  const decoded = decodeStrict(blobHex);
  if (!decoded.ok) return decoded;
  const signed = Object.keys(decoded.value.transaction).find((field) => SIGNATURE_FIELDS.has(field));
  if (signed !== undefined) {
    return err(new WalletError('TRANSACTION_ALREADY_SIGNED', `the transaction is already signed: it has ${signed}`));
  }
  return decoded;
}
