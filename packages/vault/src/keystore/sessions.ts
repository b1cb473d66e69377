import type { Clock } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { SESSION_IDLE, SESSION_TOTAL } from '../limits.ts';
import type { Bundle } from '../wallet-file/data-key.ts';

interface Session {
  readonly bundle: Bundle;
  readonly openedAt: number;
  usedAt: number;
}

/**
 * Unlocked wallets. A session holds the data key and the sealed box, not the keys: those are in the clear only while
 * one signature is made. It ends after 30 idle minutes or 8 hours (AUTH-003), and its data key is wiped.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #open = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the bundle over. */
  begin(walletId: string, bundle: Bundle): void {
    this.end(walletId);
    const now = this.#clock.monotonic();
    this.#open.set(walletId, { bundle, openedAt: now, usedAt: now });
  }

  /** @throws VAULT_LOCKED */
  use(walletId: string): Bundle {
    this.sweep();
    const session = this.#open.get(walletId);
    if (session === undefined) throw vaultError('VAULT_LOCKED', 'the wallet is locked', { hint: 'Unlock it first.' });
    session.usedAt = this.#clock.monotonic();
    return session.bundle;
  }

  has(walletId: string): boolean {
    this.sweep();
    return this.#open.has(walletId);
  }

  /** Gives an open session the keys of a changed wallet; takes the bundle over in any case. */
  refresh(walletId: string, bundle: Bundle): void {
    this.sweep();
    const session = this.#open.get(walletId);
    if (session === undefined) {
      bundle[Symbol.dispose]();
      return;
    }
    this.#open.set(walletId, { ...session, bundle });
    session.bundle[Symbol.dispose]();
  }

  end(walletId: string): void {
    this.#open.get(walletId)?.bundle[Symbol.dispose]();
    this.#open.delete(walletId);
  }

  endAll(): void {
    for (const walletId of [...this.#open.keys()]) this.end(walletId);
  }

  /** Ends what has expired. Called at each use; whoever owns the process may call it on a timer too. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [walletId, { openedAt, usedAt }] of this.#open) {
      if (now - usedAt >= SESSION_IDLE || now - openedAt >= SESSION_TOTAL) this.end(walletId);
    }
  }
}
