import type { Attempt } from './attempt.ts';
import { runClientAttacks } from './client-attacks.ts';
import { runPersonAttacks } from './person-attacks.ts';
import { runSandboxAttacks } from './sandbox-attacks.ts';
import { runServerAttacks } from './server-attacks.ts';
import { runWalletAttacks } from './wallet-attacks.ts';

/**
 * Runs the attempts whose id `only` accepts: hostile servers, hostile clients, people at the console, sandbox
 * escapes, agents at a wallet.
 * @throws CodedError TESTKIT_NO_GATEWAY, TESTKIT_NOT_READY, ATTACK_NOTHING_WORKS
 */
export async function runAttacks(only: (id: string) => boolean = () => true): Promise<readonly Attempt[]> {
  return [
    ...(await runServerAttacks(only)),
    ...(await runClientAttacks(only)),
    ...(await runPersonAttacks(only)),
    ...(await runSandboxAttacks(only)),
    ...(await runWalletAttacks(only)),
  ];
}
