import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import { parse } from 'yaml';
import { entropyOf, PATTERNS } from './patterns.ts';

export interface SecretFinding {
  readonly pattern: string;
  readonly path: string;
  readonly line: number;
  /** First 16 hex digits of the SHA-256 of the secret: names it without showing it. */
  readonly fingerprint: string;
}

/** What looks like a secret and is none; each with its reason. */
export interface Allowance {
  /** A path or glob. */
  readonly path: string;
  /** The one secret, by its fingerprint; absent only for whole folders of published vectors. */
  readonly fingerprint?: string;
  readonly pattern: string;
  readonly reason: string;
}

/** Tests plant secrets to see them caught; by convention such a one says what it is. */
const PLANTED = /canary/i;

/** The secrets in a text that stands at `path`, from line `firstLine` on. */
export function scanText(path: string, text: string, firstLine = 1): SecretFinding[] {
  return PATTERNS.flatMap(({ id, shape, entropy = 0 }) =>
    [...text.matchAll(shape)].flatMap((match) => {
      const secret = match[1] ?? match[0];
      if (entropyOf(secret) < entropy || PLANTED.test(secret)) return [];
      const line = firstLine + text.slice(0, match.index).split('\n').length - 1;
      return [{ pattern: id, path, line, fingerprint: fingerprintOf(secret) }];
    }),
  );
}

export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16);
}

/** The secrets that a history added, from `git log -p --unified=0 --no-prefix`. Lines added together are read together. */
export function scanHistory(log: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let path = '';
  let line = 0;
  let block: string[] = [];
  const flush = (): void => {
    if (block.length > 0) findings.push(...scanText(path, block.join('\n'), line));
    block = [];
  };
  for (const row of log.split('\n')) {
    if (row.startsWith('+') && !row.startsWith('+++ ')) {
      block.push(row.slice(1));
      continue;
    }
    flush();
    if (row.startsWith('+++ ')) path = row.slice(4).trim();
    const hunk = /^@@ -\S+ \+(\d+)/.exec(row);
    if (hunk !== null) line = Number(hunk[1]);
  }
  flush();
  return findings;
}

/** Reads the allow list. @throws Error for an entry without path, known pattern and reason. */
export function parseAllowances(yaml: string): Allowance[] {
  const entries = (parse(yaml) ?? []) as Allowance[];
  for (const { path, pattern, reason } of entries) {
    const known = PATTERNS.some(({ id }) => id === pattern);
    if (typeof path !== 'string' || !known || typeof reason !== 'string' || reason.length < 10) {
      throw new Error(`allowance for ${path} needs a path, a known pattern and a reason`);
    }
  }
  return entries;
}

/** Splits findings into what stays, and the allowances that none of them needed. */
export function applyAllowances(
  findings: readonly SecretFinding[],
  allowances: readonly Allowance[],
): { readonly open: readonly SecretFinding[]; readonly stale: readonly Allowance[] } {
  const used = new Set<Allowance>();
  const open = findings.filter(({ path, pattern, fingerprint }) => {
    const allowance = allowances.find(
      (entry) =>
        entry.pattern === pattern &&
        (entry.fingerprint === undefined || entry.fingerprint === fingerprint) &&
        matchesGlob(path, entry.path),
    );
    if (allowance !== undefined) used.add(allowance);
    return allowance === undefined;
  });
  return { open, stale: allowances.filter((entry) => !used.has(entry)) };
}
