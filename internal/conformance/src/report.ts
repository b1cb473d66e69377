import type { Difference } from './compare.ts';
import type { ListCheck } from './expected-failures.ts';
import type { InspectorCheck } from './inspector.ts';
import type { ReportedSet } from './suite.ts';

export interface SetReport {
  readonly requirements: ReportedSet;
  readonly target: string;
  readonly passed: number;
  readonly failed: number;
  readonly list: ListCheck;
  /** Against the bare fixture; absent for the bare fixture itself. */
  readonly differences?: readonly Difference[];
}

export interface Report {
  readonly ok: boolean;
  readonly sets: readonly SetReport[];
  readonly inspector: readonly (InspectorCheck & { readonly target: string })[];
}

/** Whether everything a report holds is as it must be. */
export function isClean(report: Omit<Report, 'ok'>): boolean {
  return (
    report.sets.every(
      ({ list, differences }) =>
        list.unexpected.length === 0 && list.stale.length === 0 && (differences?.length ?? 0) === 0,
    ) && report.inspector.every(({ ok }) => ok)
  );
}

/** The report for people. */
export function render(report: Report): string {
  const lines = ['requirements  target   passed  failed  unexpected  stale  differences'];
  for (const { requirements, target, passed, failed, list, differences } of report.sets) {
    const numbers = [passed, failed, list.unexpected.length, list.stale.length, differences?.length ?? '–'];
    const widths = [6, 6, 10, 5, 11];
    const columns = numbers.map((value, index) => String(value).padStart(widths[index] ?? 0)).join('  ');
    lines.push(`${requirements.padEnd(13)} ${target.padEnd(7)}  ${columns}`);
  }
  for (const { requirements, target, list, differences } of report.sets) {
    for (const item of list.unexpected) lines.push(`  unexpected failure  ${requirements} ${target}  ${item}`);
    for (const item of list.stale) lines.push(`  stale entry         ${requirements} ${target}  ${item}`);
    for (const { scenario, check, baseline, candidate, message } of differences ?? []) {
      const why = message === undefined ? '' : `  ${message.slice(0, 200)}`;
      lines.push(
        `  difference          ${requirements} ${target}  ${scenario}: ${check}  ${baseline} → ${candidate}${why}`,
      );
    }
  }
  for (const { target, transport, method, ok, detail } of report.inspector) {
    lines.push(
      `inspector     ${target.padEnd(7)}  ${transport.padEnd(5)}  ${method.padEnd(10)}  ${ok ? 'ok' : detail}`,
    );
  }
  lines.push(report.ok ? 'conformance: ok' : 'conformance: FAILED');
  return `${lines.join('\n')}\n`;
}
