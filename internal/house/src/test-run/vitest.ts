import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { REPORTS, ROOT } from '../paths.ts';
import { run } from '../run.ts';
import type { Outcome } from './outcome.ts';

/** The part of vitest's JSON report that is counted. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const TIMEOUT = 25 * 60_000;

/** Runs vitest on the files that `args` name (all without), and counts from its report. */
export async function runVitest(args: readonly string[]): Promise<Outcome> {
  mkdirSync(REPORTS, { recursive: true });
  const file = `${REPORTS}/vitest.json`;
  rmSync(file, { force: true });
  const { code } = await run(
    `${ROOT}/node_modules/.bin/vitest`,
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    { output: 'show', timeout: TIMEOUT },
  );
  let report: VitestReport | undefined;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    // No report: counted as one failure below.
  }
  return countVitest(report, code);
}

/**
 * Counts a report. A file that failed to load is one failure although none of its tests ran, and so is an exit code
 * that no test explains (an unhandled error, nothing found to run, no report).
 */
export function countVitest(report: VitestReport | undefined, code: number): Outcome {
  if (report === undefined)
    return { passed: 0, failed: 1, skipped: 0, notes: [`vitest ended with ${code} and no report`] };
  const notes: string[] = [];
  let unloaded = 0;
  for (const file of report.testResults) {
    const name = file.name.replace(`${ROOT}/`, '');
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      unloaded++;
      notes.push(`failed ${name} (the file itself)`);
    }
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'failed') notes.push(`failed ${name}: ${fullName}`);
      else if (status !== 'passed') notes.push(`skipped ${name}: ${fullName}`);
    }
  }
  const failed = report.numFailedTests + unloaded;
  const unexplained = code !== 0 && failed === 0 ? 1 : 0;
  if (unexplained > 0)
    notes.push(`failed vitest ended with ${code}: an error outside the tests; its words stand above`);
  return {
    passed: report.numPassedTests,
    failed: failed + unexplained,
    skipped: report.numPendingTests + report.numTodoTests,
    notes: notes.sort(),
  };
}
