import type { FileCitations } from './citations.ts';
import { SOURCES } from './manifest.ts';

export interface RequirementReport {
  /** Ids with at least one test that runs, in the manifest's order. */
  readonly cited: readonly string[];
  /** The others. */
  readonly open: readonly string[];
  /** `path:line message`, one each; any of them fails the check. */
  readonly faults: readonly string[];
}

/** Holds the citations of all test files against the manifest. */
export function report(manifest: ReadonlyMap<string, string>, files: readonly FileCitations[]): RequirementReport {
  const faults: string[] = [];
  const cited = new Set<string>();
  for (const file of files) {
    for (const fault of file.faults) faults.push(`${fault.path}:${fault.line} ${fault.message}`);
    for (const { id, path, line, skipped } of file.citations) {
      if (!manifest.has(id)) faults.push(`${path}:${line} unknown requirement ${id}`);
      else if (skipped) faults.push(`${path}:${line} ${id} is cited by a test that never runs`);
      else cited.add(id);
    }
  }
  const ids = [...manifest.keys()];
  return { cited: ids.filter((id) => cited.has(id)), open: ids.filter((id) => !cited.has(id)), faults };
}

/** The report for people: done and open per source, then the open ones with their text (unless `brief`), then faults. */
export function formatReport(
  manifest: ReadonlyMap<string, string>,
  { cited, open, faults }: RequirementReport,
  brief = false,
): string {
  const lines: string[] = [];
  for (const [source, name] of Object.entries(SOURCES)) {
    const of = (ids: readonly string[]) => ids.filter((id) => id.startsWith(`${source}-`));
    lines.push(
      `${source}  ${name.padEnd(16)} ${String(of(cited).length).padStart(3)} done  ${String(of(open).length).padStart(3)} open`,
    );
  }
  lines.push(
    `    ${'all'.padEnd(16)} ${String(cited.length).padStart(3)} done  ${String(open.length).padStart(3)} open`,
  );
  if (!brief) lines.push('');
  for (const id of brief ? [] : open) lines.push(`open ${id}: ${manifest.get(id)}`);
  for (const fault of faults) lines.push(`FAULT ${fault}`);
  return lines.join('\n');
}
