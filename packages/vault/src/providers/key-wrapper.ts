import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { ProviderCapabilities } from './key-provider.ts';

/**
 * Seals small keys of services (the store's key, a log's key) under one that never leaves its place, so that what lies
 * on this disk opens only together with that place (CM-KMS-1). `WRAPPER_CASES` is this contract as code.
 * @throws VAULT_PROVIDER_UNAVAILABLE from any method where the place does not answer
 */
export interface KeyWrapper {
  readonly capabilities: Pick<ProviderCapabilities, 'kind' | 'atRest' | 'inUse' | 'survivesStolenDisk' | 'statement'>;
  /**
   * @param key 16 to 64 bytes; the caller wipes them
   * @param context what the key is for: bound to it, and not secret. 1 to 128 of `[a-z0-9/_.-]`
   */
  wrapKey(key: Uint8Array, context: string): Promise<Uint8Array>;
  /** What was wrapped for this context. The caller wipes it. @throws VAULT_NOT_GENUINE */
  unwrapKey(wrapped: Uint8Array, context: string): Promise<SecureBuffer>;
}
