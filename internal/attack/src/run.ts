import { existsSync } from 'node:fs';
import type { Attempt } from './attempt.ts';
import { runClientAttacks } from './client-attacks.ts';
import { runServerAttacks } from './server-attacks.ts';

/**
 * Runs the attempts whose id `only` accepts: hostile servers, hostile clients, sandbox escapes.
 * @throws CodedError TESTKIT_NO_GATEWAY, TESTKIT_NOT_READY, ATTACK_NOTHING_WORKS
 */
export async function runAttacks(only: (id: string) => boolean = () => true): Promise<readonly Attempt[]> {
  return [...(await runServerAttacks(only)), ...(await runClientAttacks(only)), ...(await runEscapes(only))];
}

/** The escape corpus stands beside; a checkout without it runs the rest. */
async function runEscapes(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  const module = new URL('./escape.ts', import.meta.url);
  if (!existsSync(module)) return [];
  const { runEscapes: run } = (await import(module.href)) as { runEscapes?: typeof runEscapes };
  return run ? run(only) : [];
}
