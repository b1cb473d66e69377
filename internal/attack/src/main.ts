/**
 * Runs the hostile servers, the hostile clients and the sandbox escapes against a real gateway.
 *
 *     npm run attack -- [--only WORD] [--json]
 *
 * `--only` runs the attempts whose id holds WORD. Exit 0 only where each attempt was stopped by what should stop it and
 * its control showed the fault.
 */

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isCoded } from '@wardmesh/core';
import { type Attempt, renderAttempts } from './attempt.ts';
import { runClientAttacks } from './client-attacks.ts';
import { runServerAttacks } from './server-attacks.ts';

/** The escape corpus stands beside; a checkout without it runs the rest. */
async function runEscapes(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  const module = new URL('./escape.ts', import.meta.url);
  if (!existsSync(module)) return [];
  const { runEscapes: run } = (await import(module.href)) as { runEscapes?: typeof runEscapes };
  return run ? run(only) : [];
}

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } });
const only = (id: string): boolean => id.includes(values.only ?? '');

try {
  const attempts = [...(await runServerAttacks(only)), ...(await runClientAttacks(only)), ...(await runEscapes(only))];
  const ok = attempts.length > 0 && attempts.every(({ verdict }) => verdict === 'stopped');
  process.stdout.write(values.json ? `${JSON.stringify({ ok, attempts }, undefined, 2)}\n` : renderAttempts(attempts));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  const coded = isCoded(error) ? error.toJSON() : { code: 'INTERNAL', message: String(error) };
  process.stderr.write(`${JSON.stringify(coded)}\n`);
  process.exitCode = 1;
}
