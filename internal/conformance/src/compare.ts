import type { Check, SuiteResult } from './suite.ts';

/** One check, or one scenario, that the two targets disagree on. */
export interface Difference {
  readonly scenario: string;
  /** Check id; `(scenario)` where a whole scenario ran on one side only. */
  readonly check: string;
  readonly baseline: string;
  readonly candidate: string;
  /** What the suite said about the candidate's check. */
  readonly message?: string;
}

const ABSENT = 'absent';

/**
 * Compares two runs scenario by scenario and check by check. Verdicts (success, failure, warning, skipped) must be equal
 * in order and number; of informational entries (logged events, whose number depends on timing) each id must occur in
 * both.
 */
export function compareResults(baseline: SuiteResult, candidate: SuiteResult): readonly Difference[] {
  const differences: Difference[] = [];
  for (const scenario of new Set([...baseline.keys(), ...candidate.keys()])) {
    const left = baseline.get(scenario);
    const right = candidate.get(scenario);
    if (!left || !right) {
      const present = (side: unknown): string => (side ? 'ran' : ABSENT);
      differences.push({ scenario, check: '(scenario)', baseline: present(left), candidate: present(right) });
      continue;
    }
    differences.push(...compareVerdicts(scenario, left, right), ...compareNotes(scenario, left, right));
  }
  return differences;
}

function compareVerdicts(scenario: string, left: readonly Check[], right: readonly Check[]): Difference[] {
  const baseline = groupById(left);
  const candidate = groupById(right);
  const differences: Difference[] = [];
  for (const check of new Set([...baseline.keys(), ...candidate.keys()])) {
    const a = baseline.get(check) ?? [];
    const b = candidate.get(check) ?? [];
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const [was, is] = [a[index], b[index]];
      if (was?.status === is?.status) continue;
      differences.push({
        scenario,
        check,
        baseline: was?.status ?? ABSENT,
        candidate: is?.status ?? ABSENT,
        ...(is?.errorMessage === undefined ? {} : { message: is.errorMessage }),
      });
    }
  }
  return differences;
}

function compareNotes(scenario: string, left: readonly Check[], right: readonly Check[]): Difference[] {
  const notes = (checks: readonly Check[]): Set<string> =>
    new Set(checks.filter(({ status }) => status === 'INFO').map(({ id }) => id));
  const [a, b] = [notes(left), notes(right)];
  const lonely = [...a, ...b].filter((id) => a.has(id) !== b.has(id));
  return lonely.map((check) => ({
    scenario,
    check,
    baseline: a.has(check) ? 'INFO' : ABSENT,
    candidate: b.has(check) ? 'INFO' : ABSENT,
  }));
}

function groupById(checks: readonly Check[]): Map<string, Check[]> {
  return Map.groupBy(
    checks.filter(({ status }) => status !== 'INFO'),
    ({ id }) => id,
  );
}
