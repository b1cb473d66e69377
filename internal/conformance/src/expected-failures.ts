import { readFile } from 'node:fs/promises';
import { CodedError } from '@wardmesh/core';
import { parse } from 'yaml';
import type { ConformanceErrorCode } from './error.ts';
import type { ReportedSet, SuiteResult } from './suite.ts';

/** Failing check ids (repeated as often as they fail) by scenario, by requirement set. */
export type ExpectedFailures = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What the list and a run disagree on; both must be empty. */
export interface ListCheck {
  /** Fails, but is not listed: `scenario: check`. */
  readonly unexpected: readonly string[];
  /** Is listed, but passes or no longer exists. */
  readonly stale: readonly string[];
}

/** Reads the list. @throws CodedError CONFORMANCE_LIST_INVALID */
export async function readExpectedFailures(
  path = new URL('./expected-failures.yaml', import.meta.url),
): Promise<ExpectedFailures> {
  const list: unknown = parse(await readFile(path, 'utf8'));
  const invalid = (where: string): CodedError =>
    new CodedError<ConformanceErrorCode>('CONFORMANCE_LIST_INVALID', `expected-failures.yaml: ${where}`);
  if (!isRecord(list)) throw invalid('not a mapping');
  for (const [set, scenarios] of Object.entries(list)) {
    if (!isRecord(scenarios)) throw invalid(`${set} is not a mapping`);
    for (const [scenario, checks] of Object.entries(scenarios)) {
      if (!Array.isArray(checks) || !checks.every((check) => typeof check === 'string')) {
        throw invalid(`${set}/${scenario} is not a list of check ids`);
      }
    }
  }
  return list as ExpectedFailures;
}

/** Compares the list with what failed. Counts matter: a check id listed twice must fail twice. */
export function checkExpected(list: ExpectedFailures, set: ReportedSet, result: SuiteResult): ListCheck {
  const expected = Object.entries(list[set] ?? {}).flatMap(([scenario, checks]) =>
    checks.map((check) => `${scenario}: ${check}`),
  );
  const failed = [...result].flatMap(([scenario, checks]) =>
    checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => `${scenario}: ${id}`),
  );
  return { unexpected: without(failed, expected), stale: without(expected, failed) };
}

/** Multiset difference. */
function without(items: readonly string[], taken: readonly string[]): string[] {
  const left = [...taken];
  return items.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
