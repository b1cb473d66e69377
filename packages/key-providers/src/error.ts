import type { ErrorFields } from '@wardmesh/core';
import { VaultError, type VaultErrorCode } from '@wardmesh/vault';

/** Errors of providers are the vault's: whoever uses the port knows one union. */
export function vaultError(code: VaultErrorCode, message: string, fields?: ErrorFields): VaultError {
  return new VaultError(code, message, fields);
}
