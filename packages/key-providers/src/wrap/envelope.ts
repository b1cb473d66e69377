import { vaultError } from '../error.ts';
import { MAX_WRAPPED_KEY_BYTES } from '../limits.ts';

/** First byte of a wrapped key: version 1 of its place's own form. */
const VERSION = 1;

export function assertWrappable(key: Uint8Array): void {
  if (key.length < 16 || key.length > 64) throw vaultError('VAULT_BAD_INPUT', 'a key to wrap has 16 to 64 bytes');
}

export function assertContext(context: string): void {
  if (!/^[a-z0-9/_.-]{1,128}$/.test(context)) throw vaultError('VAULT_BAD_INPUT', 'not the context of a key');
}

export function enclose(sealed: Uint8Array): Uint8Array {
  return Uint8Array.of(VERSION, ...sealed);
}

/** @throws VAULT_NOT_GENUINE */
export function disclose(wrapped: Uint8Array): Uint8Array {
  if (wrapped.length < 2 || wrapped.length > MAX_WRAPPED_KEY_BYTES || wrapped[0] !== VERSION) throw notGenuine();
  return wrapped.subarray(1);
}

export function notGenuine(cause?: unknown) {
  return vaultError('VAULT_NOT_GENUINE', 'the wrapped key was changed, or is another’s', { cause });
}
