import { CodedError, type ErrorFields } from '@wardmesh/core';

/** *Not genuine* (the bytes were changed) is apart from *refused* (we will not) and from *bad input* (our caller erred). */
export type CryptoErrorCode =
  | 'CRYPTO_NOT_GENUINE'
  | 'CRYPTO_KEY_EXHAUSTED'
  | 'CRYPTO_KDF_REFUSED'
  | 'CRYPTO_FORMAT'
  | 'CRYPTO_BAD_INPUT';

export function cryptoError(code: CryptoErrorCode, message: string, fields?: ErrorFields): CodedError<CryptoErrorCode> {
  return new CodedError(code, message, fields);
}
