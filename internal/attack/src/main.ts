/**
 * Runs the hostile servers, the hostile clients, the sandbox escapes and an agent with a wallet against a real gateway.
 *
 *     npm run attack -- [--only WORD] [--json]
 *
 * `--only` runs the attempts whose id holds WORD. Exit 0 only where each attempt was stopped by what should stop it and
 * its control showed the fault.
 */

import { parseArgs } from 'node:util';
import { isCoded } from '@wardmesh/core';
import { renderAttempts } from './attempt.ts';
import { runAttacks } from './run.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } });
const only = (id: string): boolean => id.includes(values.only ?? '');

/** Ends at once when all is written: what an attack left open must not keep this process alive. */
function finish(stream: NodeJS.WriteStream, text: string, code: number): void {
  stream.write(text, () => process.exit(code));
}

try {
  const attempts = await runAttacks(only);
  const ok = attempts.length > 0 && attempts.every(({ verdict }) => verdict === 'stopped');
  const report = values.json ? `${JSON.stringify({ ok, attempts }, undefined, 2)}\n` : renderAttempts(attempts);
  finish(process.stdout, report, ok ? 0 : 1);
} catch (error) {
  const coded = isCoded(error) ? error.toJSON() : { code: 'INTERNAL', message: String(error) };
  finish(process.stderr, `${JSON.stringify(coded)}\n`, 1);
}
