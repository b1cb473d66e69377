import { vaultError } from '../error.ts';
import { MAX_PASSWORD_BYTES, MIN_PASSWORD_BYTES } from '../limits.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';

const inRange = (bytes: Uint8Array, low: number, high: number): boolean =>
  bytes.some((byte) => byte >= low && byte <= high);

/**
 * Refuses a new password that is too easy to guess offline: 12 to 128 bytes with a lower-case letter, an upper-case
 * letter and a digit (AUTH-004). Looked at as bytes; nothing of it is in the error.
 * @throws VAULT_WEAK_PASSWORD
 */
export function assertStrongPassword(password: SecureBuffer): void {
  const bytes = password.getBuffer();
  const isStrong =
    bytes.length >= MIN_PASSWORD_BYTES &&
    bytes.length <= MAX_PASSWORD_BYTES &&
    inRange(bytes, 0x61, 0x7a) &&
    inRange(bytes, 0x41, 0x5a) &&
    inRange(bytes, 0x30, 0x39);
  if (isStrong) return;
  throw vaultError('VAULT_WEAK_PASSWORD', 'the password is too weak', {
    hint: `Use ${MIN_PASSWORD_BYTES} to ${MAX_PASSWORD_BYTES} characters with lower case, upper case and a digit.`,
  });
}
