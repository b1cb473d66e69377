import { isCoded } from '@wardmesh/core';
import type { VaultErrorCode } from '@wardmesh/vault';
import { vaultError } from '../error.ts';

type Known = readonly [code: VaultErrorCode, message: string, hint?: string];

const DENIED: Known = [
  'VAULT_PROVIDER_REFUSED',
  'the key service does not let us',
  'Look at the credentials, and at what the key’s policy and their own allow.',
];
const WRONG_STATE: Known = [
  'VAULT_PROVIDER_REFUSED',
  'the key service has the key in a state in which it does not sign',
  'A key that was just enabled needs some seconds. Else somebody disabled it, or ordered its deletion.',
];
const MISUSED: Known = ['VAULT_UNSUPPORTED', 'the key service does not do this with this key or in this region'];

/** Names of errors: the operation's own, and those common to all actions (KMS API reference). */
const KNOWN: Readonly<Record<string, Known>> = {
  AccessDeniedException: DENIED,
  UnrecognizedClientException: DENIED,
  InvalidSignatureException: DENIED,
  IncompleteSignature: DENIED,
  MissingAuthenticationToken: DENIED,
  ExpiredTokenException: DENIED,
  InvalidClientTokenId: DENIED,
  CredentialsProviderError: DENIED,
  InvalidGrantTokenException: DENIED,
  LimitExceededException: ['VAULT_CAPACITY', 'the account has as many keys as the key service lets it have'],
  DisabledException: WRONG_STATE,
  KMSInvalidStateException: WRONG_STATE,
  KeyUnavailableException: WRONG_STATE,
  NotFoundException: ['VAULT_PROVIDER_UNAVAILABLE', 'the key service no longer has the key'],
  UnsupportedOperationException: MISUSED,
  InvalidKeyUsageException: MISUSED,
  ValidationException: MISUSED,
  InvalidCiphertextException: ['VAULT_NOT_GENUINE', 'the wrapped key was changed, or is another’s'],
  IncorrectKeyException: ['VAULT_NOT_GENUINE', 'the wrapped key was changed, or is another’s'],
};

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** Our error for what the SDK threw. Its words are left out: they may name principals and keys. */
export function fromKms(error: unknown): unknown {
  if (isCoded(error)) return error;
  const name = nameOf(error);
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  const [code, message, hint] = known ?? ['VAULT_PROVIDER_UNAVAILABLE', 'the key service does not answer as it should'];
  const isThrottled = name.startsWith('Throttl') || status === 429;
  return vaultError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(isThrottled && { retryAfter: 1 }),
    details: { error: name, ...(status !== undefined && { status }) },
  });
}
