import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { run } from '../run.ts';
import { formatTotal, isGreen, type Outcome, parseTotal, sum } from './outcome.ts';
import { PHASES } from './phases.ts';
import { missingPackages, SYSTEM_PROGRAMS } from './system.ts';
import { countVitest, type VitestReport } from './vitest.ts';

const outcome = (passed: number, failed: number, skipped = 0): Outcome => ({ passed, failed, skipped, notes: [] });

describe('the total of a run', () => {
  it.each([
    [outcome(3, 0), '3 passed, 0 failed'],
    [outcome(3, 1, 2), '3 passed, 1 failed, 2 skipped'],
  ])('%j is %s, and reads back', (value, line) => {
    expect(formatTotal(value)).toBe(line);
    expect(parseTotal(`some output\n${line}\n`)).toEqual(value);
  });

  it.each(['', 'done', '3 passed, 0 failed\nand more', 'x 3 passed, 0 failed'])('takes no total from %j', (text) => {
    expect(parseTotal(text)).toBeUndefined();
  });

  it('adds phases', () => {
    expect(sum([outcome(1, 0), outcome(2, 3, 4)])).toEqual(outcome(3, 3, 4));
  });

  it.each([
    ['nothing failed', outcome(1, 0), true, true],
    ['one failed', outcome(9, 1), false, false],
    ['one skipped on a person’s machine', outcome(1, 0, 1), false, true],
    ['one skipped in CI', outcome(1, 0, 1), true, false],
    ['nothing ran', outcome(0, 0), false, false],
  ])('is green or not: %s', (_what, value, ci, green) => {
    expect(isGreen(value, ci)).toBe(green);
  });
});

describe('counting vitest', () => {
  const report = (tests: readonly { fullName: string; status: string }[], status = 'passed'): VitestReport => ({
    numPassedTests: tests.filter((test) => test.status === 'passed').length,
    numFailedTests: tests.filter((test) => test.status === 'failed').length,
    numPendingTests: tests.filter((test) => test.status === 'skipped').length,
    numTodoTests: 0,
    testResults: [{ name: `${ROOT}/a.test.ts`, status, assertionResults: tests }],
  });

  it('names what failed and what was skipped', () => {
    const tests = [
      { fullName: 'one', status: 'passed' },
      { fullName: 'two', status: 'failed' },
      { fullName: 'three', status: 'skipped' },
    ];
    expect(countVitest(report(tests, 'failed'), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
      notes: ['failed a.test.ts: two', 'skipped a.test.ts: three'],
    });
  });

  it('counts a file that does not load', () => {
    expect(countVitest(report([], 'failed'), 1)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts an error outside the tests', () => {
    expect(countVitest(report([{ fullName: 'one', status: 'passed' }]), 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a run without a report', () => {
    expect(countVitest(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('the phases', () => {
  it('hold the security pipeline: advisories, secrets, static analysis, bill of materials', () => {
    verifies('XR-OSS-4', 'CM-DEP-1');
    const names = PHASES.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['audit', 'secrets', 'lint', 'types', 'sbom']));
    // The bans of this room are the rest of the static analysis; they are among the tests.
    expect(names).toContain('tests');
  });

  it('have names that no two share', () => {
    expect(new Set(PHASES.map(({ name }) => name)).size).toBe(PHASES.length);
  });

  it('names the packages of system.sh and no others', () => {
    const shell = readFileSync(`${ROOT}/internal/house/system.sh`, 'utf8');
    const needed = [...shell.matchAll(/^\s*need (\S+) (\S+)$/gm)].map(([, program, name]) => [program, name]);
    expect(needed.sort()).toEqual(Object.entries(SYSTEM_PROGRAMS).sort());
  });

  it('says which packages are missing', () => {
    expect(missingPackages('/nowhere')).toEqual(Object.values(SYSTEM_PROGRAMS));
  });
});

describe('running a program', () => {
  it('keeps its output and exit code', async () => {
    expect(await run('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('ends it and its children when the time is over', async () => {
    expect((await run('sh', ['-c', 'sleep 30 & wait'], { timeout: 200 })).code).toBe(124);
  });

  it('answers 127 for a program that is not there', async () => {
    expect((await run('/nowhere/program', [])).code).toBe(127);
  });
});
