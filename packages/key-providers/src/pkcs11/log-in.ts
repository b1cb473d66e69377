import type { Clock } from '@wardmesh/core';
import type { LockoutAnswer, LockoutPort, PasswordSource } from '@wardmesh/vault';
import type { TokenInfo } from 'pkcs11js';
import { vaultError } from '../error.ts';
import {
  CKF_USER_PIN_FINAL_TRY,
  CKF_USER_PIN_INITIALIZED,
  CKF_USER_PIN_LOCKED,
  CKR_PIN_EXPIRED,
  CKR_PIN_INCORRECT,
  CKR_PIN_INVALID,
  CKR_PIN_LEN_RANGE,
  CKR_PIN_LOCKED,
  CKR_USER_ALREADY_LOGGED_IN,
  CKU_USER,
} from './constants.ts';
import { returnValue } from './errors.ts';
import type { TokenSession } from './token.ts';

interface Ways {
  readonly pin: PasswordSource;
  readonly lockout: LockoutPort;
  readonly clock: Clock;
}

const WRONG_PIN: readonly (number | undefined)[] = [CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE];

/**
 * Logs the user in. Our lockout stands before the token's own, which cannot be undone: it counts wrong PINs over
 * restarts, and the last try that a token has is left to people.
 * @throws VAULT_NOT_GENUINE for a wrong PIN, VAULT_LOCKED_OUT, VAULT_PROVIDER_REFUSED where the token has no PIN
 */
export async function logIn(session: TokenSession, token: TokenInfo, { pin, lockout, clock }: Ways): Promise<void> {
  const id = `pkcs11:${token.serialNumber.trim()}`;
  assertAllowed(lockout.check(id, clock.now()));
  if ((token.flags & CKF_USER_PIN_LOCKED) !== 0) throw blocked('the token has locked its PIN');
  if ((token.flags & CKF_USER_PIN_FINAL_TRY) !== 0)
    throw blocked('the token has one try left, which is kept for people');
  if ((token.flags & CKF_USER_PIN_INITIALIZED) === 0) {
    throw vaultError('VAULT_PROVIDER_REFUSED', 'the token has no user PIN yet');
  }
  const refusal = await present(session, pin);
  if (refusal === undefined) {
    await lockout.succeed(id, clock.now());
    return;
  }
  const code = returnValue(refusal);
  if (code === CKR_PIN_LOCKED) throw blocked('the token has locked its PIN');
  if (code === CKR_PIN_EXPIRED) throw vaultError('VAULT_PROVIDER_REFUSED', 'the PIN of the token has expired');
  if (!WRONG_PIN.includes(code)) throw refusal;
  assertAllowed(await lockout.fail(id, clock.now()));
  throw vaultError('VAULT_NOT_GENUINE', 'the PIN is wrong');
}

/** What the token said against the PIN. The bridge takes text only: that string stays in the heap until it is collected. */
async function present({ cryptoki, handle }: TokenSession, source: PasswordSource): Promise<unknown> {
  using pin = await source();
  const text = pin.getBuffer().toString('utf8');
  try {
    try {
      cryptoki.C_Login(handle, CKU_USER, text);
    } catch (error) {
      if (returnValue(error) !== CKR_USER_ALREADY_LOGGED_IN) throw error;
      // A login of before proves nothing about this PIN.
      cryptoki.C_Logout(handle);
      cryptoki.C_Login(handle, CKU_USER, text);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

function assertAllowed(answer: LockoutAnswer): void {
  if (answer.allowed) return;
  throw vaultError('VAULT_LOCKED_OUT', 'too many wrong PINs', { retryAfter: answer.retryAfter });
}

function blocked(message: string) {
  return vaultError('VAULT_LOCKED_OUT', message, { hint: 'Log in with the tool of the token’s maker.' });
}
