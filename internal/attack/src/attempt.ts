/** One row of the report. */
export interface Attempt {
  readonly id: string;
  /** `server`, `client`, `sandbox` or `agent`: who attacks. */
  readonly by: string;
  /** What it tried, as a sentence without subject. */
  readonly title: string;
  /** What was observed at the gateway: the code that stopped it. */
  readonly observed: string;
  /** What was observed without it. */
  readonly control: string;
  readonly verdict: Verdict;
}

export type Verdict =
  /** The gateway stopped it, the way it should, and the control showed the fault. */
  | 'stopped'
  /** The fault reached the other side. */
  | 'got through'
  /** Stopped, but not by what should have stopped it. */
  | 'unexpected'
  /** The control did not show the fault, so that nothing is proved. */
  | 'no control'
  /** The attempt itself failed. */
  | 'failed';

export interface Seen {
  readonly through: boolean;
  readonly observed: string;
}

/** @param expect what may be observed at the gateway; `|`-free words */
export function judgeAttempt(
  attack: { readonly id: string; readonly title: string; readonly expect: readonly string[] },
  by: string,
  gateway: Seen,
  control: Seen,
): Attempt {
  return {
    id: attack.id,
    by,
    title: attack.title,
    observed: gateway.observed,
    control: control.observed,
    verdict: verdictOf(gateway, control, attack.expect),
  };
}

function verdictOf(gateway: Seen, control: Seen, expect: readonly string[]): Verdict {
  if (gateway.through) return 'got through';
  if (!control.through) return 'no control';
  return expect.includes(gateway.observed) ? 'stopped' : 'unexpected';
}

/** The report for people. */
export function renderAttempts(attempts: readonly Attempt[]): string {
  const rows = attempts.map(({ id, by, title, observed, control, verdict }) => [
    verdict === 'stopped' ? 'ok' : verdict.toUpperCase(),
    by,
    id,
    title,
    observed,
    control,
  ]);
  const table = [['', 'by', 'attempt', 'what it tried', 'what stopped it', 'without the gateway'], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const bad = attempts.filter(({ verdict }) => verdict !== 'stopped').length;
  lines.push(
    bad === 0 ? `${attempts.length} attempts, all stopped` : `${attempts.length} attempts, ${bad} NOT as they must be`,
  );
  return `${lines.join('\n')}\n`;
}
