/** Resolves after that many ms of the clock it belongs to. */
export type Sleep = (milliseconds: number) => Promise<void>;

/** Remembers what may be used once. An error denies (XR-FAIL-1). */
export interface SingleUse {
  /**
   * Marks `id` as used and says whether it was free until now: atomic over all processes, durable when it resolves.
   * The mark may be dropped after `expires`, ms since the epoch.
   */
  use(id: string, expires: number): Promise<boolean>;
}

/** The authentication lockout (XR-LOCK-1); @wardmesh/limits' Lockout fits. `id` is where the attempt came from. */
export interface AuthenticationLockout {
  check(id: string, now: number): { readonly allowed: boolean; readonly retryAfter?: number };
  fail(id: string, now: number): Promise<unknown>;
  succeed(id: string, now: number): Promise<unknown>;
}
