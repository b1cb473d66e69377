import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { type Attempt, sh } from './attempt.ts';
import { ATTEMPTS } from './attempts/index.ts';
import { type EscapeResult, formatEscapeTable, runEscapeCorpus } from './index.ts';

const isRoot = process.getuid?.() === 0;
const quiet = (): void => {};
const only = (...names: string[]): readonly Attempt[] => ATTEMPTS.filter((attempt) => names.includes(attempt.name));

/** Controls that need root can only be shown by root; all else must be stopped for certain. */
function notStopped(results: readonly EscapeResult[]): readonly EscapeResult[] {
  return results.filter((r) => r.outcome !== 'stopped' && (isRoot || r.control !== 'needs root'));
}

describe('the escape corpus', () => {
  test('is stopped by the sandbox, attempt by attempt, and every control succeeds uncontained', async () => {
    verifies('WM-SBX-1');
    verifies('CM-CONN-3');
    const results = await runEscapeCorpus('bubblewrap');
    expect(formatEscapeTable(notStopped(results))).toBe(formatEscapeTable([]));
    expect(results.length).toBeGreaterThanOrEqual(45);
  }, 180_000);

  test('is stopped without control groups too where resources are attacked', async () => {
    verifies('CM-CONN-3');
    const attempts = only('fork-bomb', 'memory-bomb', 'hidden-memory', 'fill-disk', 'huge-file', 'outlive-kill');
    const results = await runEscapeCorpus('bubblewrap', quiet, { attempts, cgroupRoot: null });
    expect(formatEscapeTable(notStopped(results))).toBe(formatEscapeTable([]));
    expect(results).toHaveLength(attempts.length);
  }, 60_000);

  test('reports the same attempts as escaped where there is no sandbox', async () => {
    const attempts = only('read-ssh-key', 'tcp-loopback', 'kill-victim', 'write-outside', 'user-namespace');
    const results = await runEscapeCorpus('none', quiet, { attempts });
    expect(results.map((r) => r.outcome)).toEqual(attempts.map(() => 'escaped'));
  }, 60_000);

  test('is inconclusive where the control fails, or where the attempt never ran', async () => {
    const shell: Attempt = {
      name: 'planted',
      tried: '',
      stoppedBy: '',
      trial: () => sh('true'),
      reached: (_scene, output) => output.includes('PASSED'),
    };
    const neverRan: Attempt = {
      ...shell,
      trial: () => ({ command: '/nowhere', args: [] }),
      control: () => sh('echo PASSED'),
    };
    const results = await runEscapeCorpus('bubblewrap', quiet, { attempts: [shell, neverRan] });
    expect(results.map((r) => `${r.control} ${r.outcome}`)).toEqual(['failed inconclusive', 'succeeded inconclusive']);
  });
});
