/** What a phase of the test run found. Skipped tests are named, with what would make them run. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Lines for the reader: failures first. */
  readonly notes: readonly string[];
}

/** The outcome of a phase that is one check. */
export function oneCheck(succeeded: boolean, notes: readonly string[] = []): Outcome {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0, notes };
}

export function sum(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.reduce((total, { failed }) => total + failed, 0),
    skipped: outcomes.reduce((total, { skipped }) => total + skipped, 0),
    notes: outcomes.flatMap(({ notes }) => notes),
  };
}

const TOTAL = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** The last line of a run: `N passed, N failed`, and what was skipped where something was. */
export function formatTotal({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Reads such a line where it is the last of `text`; undefined where it is not. */
export function parseTotal(text: string): Outcome | undefined {
  const found = TOTAL.exec(text.trimEnd().split('\n').at(-1) ?? '');
  if (found === null) return undefined;
  return { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0), notes: [] };
}

/** Whether a run is green. A skipped test is not a passed one where nobody reads the notes: CI fails on it. */
export function isGreen({ passed, failed, skipped }: Outcome, ci: boolean): boolean {
  return passed > 0 && failed === 0 && !(ci && skipped > 0);
}
