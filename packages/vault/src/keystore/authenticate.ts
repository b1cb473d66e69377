import { type Clock, isCoded } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import type { LockoutAnswer, LockoutPort } from '../ports.ts';

/**
 * The one way in with a password (XR-LOCK-1): asks the lockout first, tells it how the attempt went, and believes its
 * answer. A lockout that throws denies. Attempts of one keystore run one at a time, or guesses would overtake the count.
 * @throws VAULT_LOCKED_OUT with retryAfter, or whatever the attempt throws
 */
export async function authenticate<T>(
  lockout: LockoutPort,
  clock: Clock,
  id: string,
  attempt: () => Promise<T>,
): Promise<T> {
  assertAllowed(lockout.check(id, clock.now()));
  let value: T;
  try {
    value = await attempt();
  } catch (error) {
    if (isCoded(error, 'VAULT_NOT_GENUINE')) assertAllowed(await lockout.fail(id, clock.now()));
    throw error;
  }
  try {
    assertAllowed(await lockout.succeed(id, clock.now()));
  } catch (error) {
    (value as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
    throw error;
  }
  return value;
}

function assertAllowed(answer: LockoutAnswer): void {
  if (answer.allowed) return;
  throw vaultError('VAULT_LOCKED_OUT', 'too many wrong passwords', {
    retryAfter: answer.retryAfter,
    hint: 'Wait; a right password is refused too until then.',
  });
}
