import { parse } from 'yaml';
import type { LockedPackage } from './lockfile.ts';

export const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From this severity on, an advisory fails the run (seed: `--audit-level=high`). */
export const GATE: Severity = 'high';

export interface Finding {
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  readonly id: string;
  readonly title: string;
}

export interface Advisory extends Omit<Finding, 'version'> {
  readonly affected: readonly string[];
}

export interface Snapshot {
  /** The day a person last looked, `YYYY-MM-DD`. */
  readonly reviewed: string;
  readonly advisories: readonly Advisory[];
}

/** Reads the committed list. @throws Error where an entry is not complete. */
export function parseSnapshot(yaml: string): Snapshot {
  const { reviewed, advisories } = parse(yaml) as Snapshot;
  if (!/^\d{4}-\d\d-\d\d$/.test(reviewed)) throw new Error('reviewed is not a day');
  for (const entry of advisories) {
    const complete = [entry.package, entry.id, entry.title].every((text) => typeof text === 'string' && text !== '');
    if (!complete || !SEVERITIES.includes(entry.severity))
      throw new Error(`advisory is not complete: ${JSON.stringify(entry)}`);
    entry.affected.forEach((range) => void isAffected('0.0.0', range));
  }
  return { reviewed, advisories };
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?$/;

function compare(a: string, b: string): number {
  const [x, y] = [VERSION.exec(a), VERSION.exec(b)];
  if (x === null || y === null) throw new Error(`not a version: ${x === null ? a : b}`);
  for (let i = 1; i <= 3; i++) if (Number(x[i]) !== Number(y[i])) return Number(x[i]) - Number(y[i]);
  return 0;
}

/**
 * Whether a version is in a range: an exact version, or comparators `<`, `<=`, `>`, `>=` that all hold. A pre-release
 * counts as its release, so it is never left out by its label. @throws Error for another form.
 */
export function isAffected(version: string, range: string): boolean {
  return range.split(' ').every((part) => {
    const [, operator, bound] = /^(<=|<|>=|>)?(.+)$/.exec(part) as unknown as [string, string | undefined, string];
    const order = compare(version, bound);
    if (operator === undefined) return version === bound;
    return operator.startsWith('<')
      ? order < 0 || (operator === '<=' && order === 0)
      : order > 0 || (operator === '>=' && order === 0);
  });
}

export function matchSnapshot(snapshot: Snapshot, packages: readonly LockedPackage[]): Finding[] {
  return snapshot.advisories.flatMap(({ affected, ...advisory }) =>
    packages
      .filter(
        ({ name, version }) => name === advisory.package && affected.some((range) => isAffected(version ?? '', range)),
      )
      .map(({ version }) => ({ ...advisory, version: version ?? '' })),
  );
}

export function isGated({ severity }: Finding): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(GATE);
}

/** What `npm audit --json` answered: findings, or undefined where the registry has no advisories to give. */
export function readNpmAudit(stdout: string): Finding[] | undefined {
  let answer: { vulnerabilities?: Record<string, NpmVulnerability>; metadata?: unknown };
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    return undefined;
  }
  if (answer.vulnerabilities === undefined || answer.metadata === undefined) return undefined;
  return Object.values(answer.vulnerabilities).map(({ name, severity, range, via }) => {
    const advisory = via.find((cause) => typeof cause === 'object');
    return {
      package: name,
      version: range,
      severity,
      id: advisory?.url ?? 'through a dependency',
      title: advisory?.title ?? `depends on ${via.filter((cause) => typeof cause === 'string').join(', ')}`,
    };
  });
}

interface NpmVulnerability {
  readonly name: string;
  readonly severity: Severity;
  readonly range: string;
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}
