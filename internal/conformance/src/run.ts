import { startFixture } from '@wardmesh/testkit/fixture';
import { runAuthorizationSuite } from './authorization.ts';
import { compareResults } from './compare.ts';
import { checkExpected, readExpectedFailures } from './expected-failures.ts';
import { endpoint, startGatewayUnderTest } from './gateway-under-test.ts';
import { inspectGateway, inspectUrl } from './inspector.ts';
import { startRelay } from './relay.ts';
import { isClean, type Report, type SetReport } from './report.ts';
import { REQUIREMENT_SETS, runSuite, type SuiteResult, score } from './suite.ts';

/** What can be measured; the bare fixture always is, since all else is compared with it. */
export const TARGETS = ['bare', 'relay', 'gateway', 'all'] as const;
export type Target = (typeof TARGETS)[number];

/**
 * Measures the targets with both requirement sets, and asks them with the Inspector.
 * @throws CodedError TESTKIT_NO_GATEWAY, TESTKIT_NOT_READY, CONFORMANCE_SUITE_FAILED
 */
export async function runConformance(target: Target): Promise<Report> {
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
        const authorization = await runAuthorizationSuite(gateway);
        sets.push({
          requirements: 'authorization',
          target: 'gateway',
          ...score(authorization),
          list: checkExpected(list, 'authorization', authorization),
        });
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
