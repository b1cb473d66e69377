import { setTimeout } from 'node:timers/promises';
import { isCoded } from '@wardmesh/core';
import type { XrplLedger } from '@wardmesh/ledgers';
import { cliError } from '../error.ts';
import { FAUCET_TIMEOUT_MS, FUNDING_POLL_MS, FUNDING_WAIT_MS } from '../limits.ts';

/** Asks a faucet for test money. Its answer is not believed: {@link awaitAccount} asks the ledger. @throws CodedError FAUCET_UNAVAILABLE */
export async function askFaucet(faucet: string, address: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(faucet, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ destination: address }),
      redirect: 'error',
      signal: AbortSignal.timeout(FAUCET_TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch (cause) {
    throw unavailable('does not answer', cause);
  }
  if (!response.ok) throw unavailable(`answered ${response.status}`);
}

function unavailable(why: string, cause?: unknown) {
  return cliError('FAUCET_UNAVAILABLE', `the faucet ${why}`, {
    hint: 'Fund the address some other way, then run ward wallet secure NAME.',
    cause,
  });
}

/** Drops of the account once a validated ledger knows it; undefined where that takes too long. */
export async function awaitAccount(
  ledger: XrplLedger,
  address: string,
  waitMs: number = FUNDING_WAIT_MS,
): Promise<bigint | undefined> {
  for (let waited = 0; ; waited += FUNDING_POLL_MS) {
    try {
      return (await ledger.accountInfo(address)).balance;
    } catch (error) {
      if (!isCoded(error, 'ACCOUNT_NOT_FOUND')) throw error;
    }
    if (waited >= waitMs) return undefined;
    await setTimeout(FUNDING_POLL_MS);
  }
}
