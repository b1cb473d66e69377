import { isCoded } from '@wardmesh/core';

/** The exit codes of every command (pinned: scripts depend on the numbers). */
export const EXIT = { ok: 0, failed: 1, usage: 2, denied: 3, notVerified: 4, unavailable: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const DENIED = new Set([
  'POLICY_DENIED',
  'APPROVAL_REQUIRED',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'APPROVAL_REPLAYED',
  'APPROVAL_BINDING_CHANGED',
  'APPROVAL_SELF',
  'APPROVAL_NOT_ELIGIBLE',
  'APPROVAL_KEY_REVOKED',
  'APPROVAL_SIGNATURE_NOT_GENUINE',
  'AUTHENTICATION_REQUIRED',
  'HOST_REFUSED',
  'LOCKED_OUT',
  'RATE_LIMITED',
  'TOO_MANY_CONCURRENT',
  'SERVER_NOT_REVIEWED',
  'TOOL_QUARANTINED',
  'TOKEN_MISSING',
  'PASSPHRASE_WRONG',
  'APPROVAL_QUORUM_NOT_MET',
  'APPROVAL_POLICY_DENIES',
  'APPROVAL_CLOSED',
  'VAULT_NOT_GENUINE',
  'VAULT_LOCKED_OUT',
  'VAULT_ROTATION_COOLDOWN',
  'WALLET_LOCKED',
  'WALLET_REVOKED',
  'MAINNET_NOT_ACKNOWLEDGED',
  'MAINNET_ACK_EXPIRED',
  'APPROVAL_NOT_READY',
  'APPROVAL_MISMATCH',
  'APPROVAL_LOCKED',
  'UPSTREAM_SIGN_IN_NEEDED',
  'UPSTREAM_SIGN_IN_REFUSED',
  'NOT_LOGGED_IN',
  'LOGIN_ENDED',
  'LOGIN_DENIED',
  'LOGIN_EXPIRED',
  'NOT_SIGNED_IN',
  'NOT_PERMITTED',
  'TOKEN_REFUSED',
  'SCOPE_MISSING',
]);

const UNAVAILABLE = new Set([
  'GATEWAY_NOT_RUNNING',
  'GATEWAY_UNREACHABLE',
  'SHUTTING_DOWN',
  'UPSTREAM_UNAVAILABLE',
  'AUDIT_UNAVAILABLE',
  'STORE_HOME_IN_USE',
  'ADDRESS_IN_USE',
  'GATEWAY_RUNNING',
  'STORE_DISK_FULL',
  'STORE_READ_ONLY',
  'SIGNER_NOT_RUNNING',
  'SIGNER_CONNECTION_LOST',
  'SIGNER_BUSY',
  'SIGNER_TIMEOUT',
  'SIGNER_START_FAILED',
  'SIGNER_CRASH_LOOP',
  'LEDGER_UNAVAILABLE',
  'CONNECTION_FAILED',
  'CONNECTION_LOST',
  'REQUEST_TIMEOUT',
  'ENDPOINTS_DISAGREE',
  'FAUCET_UNAVAILABLE',
]);

/** Codes of records that are not what was written. */
const NOT_GENUINE =
  /^(RECEIPT_.*|AUDIT_TAMPERED|AUDIT_BACKUP|STORE_ROW_NOT_GENUINE|STORE_TABLE_NOT_GENUINE|STORE_ROLLED_BACK|HOME_STATE_NOT_GENUINE|HOME_LOG_KEY_NOT_GENUINE|PINS_NOT_GENUINE)$/;

const USAGE = new Set(['USAGE', 'INPUT_INVALID']);

/** The exit code of an error by its code; 1 for all that say nothing more precise. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isCoded(error)) return EXIT.failed;
  if (USAGE.has(error.code)) return EXIT.usage;
  if (DENIED.has(error.code)) return EXIT.denied;
  if (error.code === 'NOT_VERIFIED' || error.code === 'LOGIN_ISSUER' || NOT_GENUINE.test(error.code))
    return EXIT.notVerified;
  if (UNAVAILABLE.has(error.code) || error.code.startsWith('SANDBOX_UNAVAILABLE')) return EXIT.unavailable;
  return EXIT.failed;
}
