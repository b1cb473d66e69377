/** What is remembered of one identity. Times are ms since the epoch. */
export interface LockoutState {
  /** Times of the failures within the window, oldest first. */
  readonly failures: readonly number[];
  /** When the newest lock began; undefined where there was none within the quiet period. */
  readonly lockedAt?: number;
  /** How long the newest lock lasts, ms. */
  readonly lockedFor?: number;
  /** Locks so far; the next one lasts base × 2^locks. */
  readonly locks: number;
}

/** Where lockouts outlive the process. An error of any of these denies (XR-FAIL-1). */
export interface LockoutStore {
  load(id: string): Promise<LockoutState | undefined>;
  /** Durable when it resolves. `undefined` forgets the identity. */
  save(id: string, state: LockoutState | undefined): Promise<void>;
  all(): Promise<ReadonlyMap<string, LockoutState>>;
}
