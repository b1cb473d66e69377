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
import { startFixture } from '@wardmesh/testkit/fixture';
import { compareResults } from './compare.ts';
import type { ConformanceErrorCode } from './error.ts';
import { checkExpected, readExpectedFailures } from './expected-failures.ts';
import { endpoint, startGatewayUnderTest } from './gateway-under-test.ts';
import { inspectGateway, inspectUrl } from './inspector.ts';
import { startRelay } from './relay.ts';
import { isClean, type Report, render, type SetReport } from './report.ts';
import { REQUIREMENT_SETS, runSuite, type SuiteResult, score } from './suite.ts';

const TARGETS = ['bare', 'relay', 'gateway', 'all'] as const;
type Target = (typeof TARGETS)[number];

async function conformance(target: Target): Promise<Report> {
  const list = await readExpectedFailures();
  const fixture = await startFixture();
  const sets: SetReport[] = [];
  const inspector: Report['inspector'][number][] = [];
  try {
    const baselines = new Map<string, SuiteResult>();
    const measure = async (name: string, url: string): Promise<void> => {
      for (const requirements of REQUIREMENT_SETS) {
        const result = await runSuite(url, requirements);
        const baseline = baselines.get(requirements);
        if (baseline === undefined) baselines.set(requirements, result);
        sets.push({
          requirements,
          target: name,
          ...score(result),
          list: checkExpected(list, requirements, result),
          ...(baseline === undefined ? {} : { differences: compareResults(baseline, result) }),
        });
      }
    };

    await measure('bare', fixture.url);
    inspector.push(...(await inspectUrl(fixture.url)).map((check) => ({ ...check, target: 'bare' })));
    if (target === 'relay' || target === 'all') {
      const relay = await startRelay();
      relay.aim({ target: fixture.url });
      await measure('relay', relay.url).finally(() => relay.close());
    }
    if (target === 'gateway' || target === 'all') {
      const relay = await startRelay();
      const gateway = await startGatewayUnderTest(fixture.url, relay.origin);
      try {
        relay.aim({ target: endpoint(gateway), ca: gateway.ca, token: gateway.token });
        await measure('gateway', relay.url);
        inspector.push(...(await inspectGateway(gateway)).map((check) => ({ ...check, target: 'gateway' })));
      } finally {
        await relay.close();
        await gateway.stop();
      }
    }
  } finally {
    await fixture.close();
  }
  return { ok: isClean({ sets, inspector }), sets, inspector };
}

function parseTarget(text: string): Target {
  const target = TARGETS.find((known) => known === text);
  if (target) return target;
  throw new CodedError<ConformanceErrorCode>('CONFORMANCE_USAGE', `--target is one of ${TARGETS.join(', ')}`);
}

const { values } = parseArgs({ options: { target: { type: 'string' }, json: { type: 'boolean' } } });
try {
  const report = await conformance(parseTarget(values.target ?? 'all'));
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  const coded = error instanceof CodedError ? error.toJSON() : { code: 'INTERNAL', message: String(error) };
  process.stderr.write(`${JSON.stringify(coded)}\n`);
  process.exitCode = coded.code === 'CONFORMANCE_USAGE' ? 2 : 1;
}
