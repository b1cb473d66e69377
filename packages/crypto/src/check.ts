import { cryptoError } from './error.ts';

/** Throws where `value` is not a Uint8Array (of `length` bytes, where given). Names the argument, never its content. */
export function assertBytes(value: unknown, name: string, length?: number): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw cryptoError('CRYPTO_BAD_INPUT', `${name} must be bytes`);
  if (length !== undefined && value.length !== length) {
    throw cryptoError('CRYPTO_BAD_INPUT', `${name} must be ${length} bytes`);
  }
}
