import type { KdfParameters } from '@wardmesh/crypto';
import type { SecureBuffer } from './secure-buffer/secure-buffer.ts';

/**
 * The disk. Paths are relative to the vault's folder, with `/` between segments of `[a-z0-9_.-]`. Files have mode 0600,
 * folders 0700, and a file that is more open is refused (XR-FILE-2); `readFileSecure` and `writeFileSecure` of
 * @wardmesh/store do that.
 */
export interface VaultFiles {
  /** Bytes of a file; undefined where there is none. Throws where it is too open, too large or unreadable. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Writes a file whole or not at all, durable when it resolves. Makes the folders that are missing. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, durable when it resolves. One that is missing is no error. */
  remove(path: string): Promise<void>;
  /** Names of the files in a folder; none where it is missing. */
  list(folder: string): Promise<readonly string[]>;
}

/** What a lockout says. `retryAfter` in whole seconds. */
export type LockoutAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly retryAfter: number };

/**
 * Counts wrong passwords and locks, each time for longer, over restarts (XR-LOCK-1). The `Lockout` of @wardmesh/limits
 * fits. Times are ms since the epoch. Whatever it throws denies.
 */
export interface LockoutPort {
  check(id: string, now: number): LockoutAnswer;
  /** Durable when it resolves. */
  fail(id: string, now: number): Promise<LockoutAnswer>;
  succeed(id: string, now: number): Promise<LockoutAnswer>;
}

/**
 * Where a password comes from: a prompt, a file descriptor, a 0600 file, the keychain; never the environment. The
 * bytes are the UTF-8 of the NFKC form, so that one password typed on two keyboards is one. The caller wipes it.
 */
export type PasswordSource = () => Promise<SecureBuffer>;

/** A 32-byte key from a password. Parameters were checked before it is called (XR-KDF-3). */
export type PasswordKdf = (password: Uint8Array, parameters: KdfParameters) => Promise<Uint8Array>;
