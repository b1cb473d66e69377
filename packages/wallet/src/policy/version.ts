import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_VERSION_STEP } from '../limits.ts';

/** How far a change must raise the version: patch for notices and hours, minor for lists, major for all else. */
export type Bump = 'none' | 'patch' | 'minor' | 'major';
const ORDER: readonly Bump[] = ['none', 'patch', 'minor', 'major'];

export function greaterBump(a: Bump, b: Bump): Bump {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

type Version = readonly [major: number, minor: number, patch: number];

function parts(version: string): Version {
  const match = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(version);
  if (match === null) throw new WalletError('INVALID_VERSION', 'a version is three numbers with dots between');
  return [Number.parseInt(match[1]!, 10), Number.parseInt(match[2]!, 10), Number.parseInt(match[3]!, 10)];
}

/** The next version for a bump. @throws WalletError INVALID_VERSION */
export function nextVersion(version: string, bump: Bump): string {
  const [major, minor, patch] = parts(version);
  if (bump === 'major') return `${major + 1}.0.0`;
  if (bump === 'minor') return `${major}.${minor + 1}.0`;
  return bump === 'patch' ? `${major}.${minor}.${patch + 1}` : version;
}

/** Whether `next` skips so many versions that, done again and again, a policy would run out of them. */
export function skipsVersions(previous: string, next: string): boolean {
  const [before, after] = [parts(previous), parts(next)];
  return after.some(
    (part, index) => part > (after[index - 1] === before[index - 1] ? before[index]! : 0) + MAX_VERSION_STEP,
  );
}

/** Whether `next` is a version that a change of that size may have: at least {@link nextVersion}. @returns INVALID_VERSION */
export function checkVersion(previous: string, next: string, bump: Bump): Result<null, WalletError> {
  try {
    const least = parts(nextVersion(previous, bump));
    const given = parts(next);
    const at = given.findIndex((part, index) => part !== least[index]);
    if (at === -1 || given[at]! > least[at]!) return ok(null);
    const message = `the change needs version ${least.join('.')} or higher`;
    return err(new WalletError('INVALID_VERSION', message, { details: { least: least.join('.') } }));
  } catch (error) {
    if (error instanceof WalletError) return err(error);
    throw error;
  }
}
