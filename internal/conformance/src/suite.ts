import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodedError } from '@wardmesh/core';
import type { ConformanceErrorCode } from './error.ts';

const run = promisify(execFile);
export const SUITE = new URL('../../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url)
  .pathname;

/** The frozen requirement sets the suite ships; each also fixes the revision on the wire. */
export const REQUIREMENT_SETS = ['2025-11-25', '2026-07-28'] as const;
export type RequirementSet = (typeof REQUIREMENT_SETS)[number];
/** What a report is about: a requirement set of servers, or the scenarios for authorisation servers. */
export type ReportedSet = RequirementSet | 'authorization';

export type CheckStatus = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';

/** One check as the suite reports it; `id` may repeat within a scenario. */
export interface Check {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly errorMessage?: string;
}

/** Checks by scenario name, in the order they were made. */
export type SuiteResult = ReadonlyMap<string, readonly Check[]>;

/**
 * Runs one requirement set of the official suite against a server.
 * @param url plaintext loopback URL: the suite can neither trust a private CA nor send a token
 * @throws CodedError CONFORMANCE_SUITE_FAILED where it left no results
 */
export async function runSuite(url: string, requirements: RequirementSet): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const args = [SUITE, 'server', '--url', url, '--requirements', requirements, '--output-dir', folder];
    // The exit code says only whether *scored* scenarios failed; the files say everything.
    const output = await run(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`,
    );
    const result = await readResults(folder);
    if (result.size === 0) {
      const code: ConformanceErrorCode = 'CONFORMANCE_SUITE_FAILED';
      throw new CodedError(code, `the suite left no results:\n${output.slice(-2_000)}`);
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folders are named `MODE-SCENARIO-TIMESTAMP`, the timestamp being ISO 8601 with `:` and `.` as `-`. */
const FOLDER = /^(?:authorization-server|server)-(.+)-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z$/;

export async function readResults(folder: string): Promise<SuiteResult> {
  const result = new Map<string, readonly Check[]>();
  for (const entry of (await readdir(folder)).sort()) {
    const scenario = FOLDER.exec(entry)?.[1];
    if (scenario === undefined) continue;
    const checks = JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8')) as Check[];
    result.set(
      scenario,
      checks.map(({ id, name, status, errorMessage }) => ({ id, name, status, ...(errorMessage && { errorMessage }) })),
    );
  }
  return result;
}

/** Passed and failed checks, counted as the suite's own summary counts them. */
export function score(result: SuiteResult): { passed: number; failed: number } {
  const checks = [...result.values()].flat();
  return {
    passed: checks.filter(({ status }) => status === 'SUCCESS').length,
    failed: checks.filter(({ status }) => status === 'FAILURE').length,
  };
}
