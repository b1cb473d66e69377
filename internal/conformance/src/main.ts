/**
 * Runs the official conformance suite and the official Inspector.
 *
 *     npm run conformance -- [--target bare|relay|gateway|all] [--json]
 *
 * `bare` is the fixture itself, `relay` the fixture behind the header-adding relay (which must change nothing), `gateway`
 * the fixture behind a real gateway. Exit 0 only where every target scores check by check like the bare fixture, fails
 * exactly what `expected-failures.yaml` lists, and answers the Inspector.
 */

import { parseArgs } from 'node:util';
import { CodedError } from '@wardmesh/core';
import type { ConformanceErrorCode } from './error.ts';
import { render } from './report.ts';
import { runConformance, TARGETS, type Target } from './run.ts';

function parseTarget(text: string): Target {
  const target = TARGETS.find((known) => known === text);
  if (target) return target;
  throw new CodedError<ConformanceErrorCode>('CONFORMANCE_USAGE', `--target is one of ${TARGETS.join(', ')}`);
}

const { values } = parseArgs({ options: { target: { type: 'string' }, json: { type: 'boolean' } } });
try {
  const report = await runConformance(parseTarget(values.target ?? 'all'));
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  const coded = error instanceof CodedError ? error.toJSON() : { code: 'INTERNAL', message: String(error) };
  process.stderr.write(`${JSON.stringify(coded)}\n`);
  process.exitCode = coded.code === 'CONFORMANCE_USAGE' ? 2 : 1;
}
