import { isCoded } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import {
  CKR_CRYPTOKI_NOT_INITIALIZED,
  CKR_DEVICE_ERROR,
  CKR_DEVICE_REMOVED,
  CKR_KEY_HANDLE_INVALID,
  CKR_OBJECT_HANDLE_INVALID,
  CKR_OPERATION_ACTIVE,
  CKR_SESSION_CLOSED,
  CKR_SESSION_HANDLE_INVALID,
  CKR_TOKEN_WRITE_PROTECTED,
  CKR_USER_NOT_LOGGED_IN,
} from './constants.ts';

/** What a session may have died of: a new one, with a login, is worth one try. */
const SESSION_LOST: ReadonlySet<number> = new Set([
  CKR_SESSION_CLOSED,
  CKR_SESSION_HANDLE_INVALID,
  CKR_USER_NOT_LOGGED_IN,
  CKR_KEY_HANDLE_INVALID,
  CKR_OBJECT_HANDLE_INVALID,
  CKR_OPERATION_ACTIVE,
  CKR_DEVICE_ERROR,
  CKR_DEVICE_REMOVED,
  CKR_CRYPTOKI_NOT_INITIALIZED,
]);

/** The CKR number of what the bridge threw; undefined for any other error. */
export function returnValue(error: unknown): number | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'number' ? code : undefined;
}

export function isSessionLost(error: unknown): boolean {
  const code = returnValue(error);
  return code !== undefined && SESSION_LOST.has(code);
}

/** Our error for what the bridge threw. Its text is left out: only the name of the return value is told. */
export function fromCryptoki(error: unknown): unknown {
  if (isCoded(error)) return error;
  const code = returnValue(error);
  const details = { returnValue: code === undefined ? 'unknown' : `0x${code.toString(16)}` };
  if (code === CKR_TOKEN_WRITE_PROTECTED) {
    return vaultError('VAULT_PROVIDER_REFUSED', 'the token is write-protected', { details });
  }
  return vaultError('VAULT_PROVIDER_UNAVAILABLE', 'the token does not answer as it should', {
    hint: 'Is it plugged in, and is its PIN still the same?',
    details,
  });
}
