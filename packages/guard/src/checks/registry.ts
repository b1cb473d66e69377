import { err, isJsonObject, type Json, ok, type Result } from '@wardmesh/core';
import { fromSegment, toSegment } from '../pointer.ts';
import { base58check, xrplAddress } from './base58check.ts';
import type { CheckFault, ToolCheck } from './check.ts';
import { plainPath, relativePath } from './relative-path.ts';
import { httpsUri, uri } from './uri.ts';

/** The checks that `ward.yaml` can name. */
export const STANDARD_CHECKS: readonly ToolCheck[] = Object.freeze([
  relativePath,
  plainPath,
  uri,
  httpsUri,
  base58check,
  xrplAddress,
]);

/** Runs a tool's checks on arguments that its schema has accepted. */
export type ArgumentChecks = (args: Json) => Result<void, CheckFault>;

interface Attached {
  readonly pointer: string;
  readonly segments: readonly string[];
  readonly check: ToolCheck;
}

/** Business and cryptographic checks by name (XR-VAL-5). */
export class CheckRegistry {
  readonly #checks: ReadonlyMap<string, ToolCheck>;

  /** @throws RangeError where two checks have one name. */
  constructor(checks: readonly ToolCheck[] = STANDARD_CHECKS) {
    const byName = new Map<string, ToolCheck>();
    for (const check of checks) {
      if (byName.has(check.name)) throw new RangeError(`two checks are named ${check.name}`);
      byName.set(check.name, check);
    }
    this.#checks = byName;
  }

  get names(): readonly string[] {
    return [...this.#checks.keys()].sort();
  }

  /**
   * Compiles the `checks` of a tool in `ward.yaml`: JSON Pointer (RFC 6901; the segment `*` means each item or member) to
   * the name of a check, or several. Business checks run before cryptographic ones. Absent arguments are left to the
   * schema. The error is a sentence for the operator.
   */
  attach(attachments: Readonly<Record<string, string | readonly string[]>>): Result<ArgumentChecks, string> {
    const attached: Attached[] = [];
    for (const [pointer, names] of Object.entries(attachments)) {
      if (pointer !== '' && !pointer.startsWith('/'))
        return err(`"${pointer}" is not a JSON Pointer: it must begin with /`);
      const segments = pointer === '' ? [] : pointer.slice(1).split('/').map(fromSegment);
      for (const name of typeof names === 'string' ? [names] : names) {
        const check = this.#checks.get(name);
        if (check === undefined) return err(`"${name}" is not a check; known are ${this.names.join(', ')}`);
        attached.push({ pointer, segments, check });
      }
    }
    attached.sort((a, b) => Number(a.check.layer === 'cryptographic') - Number(b.check.layer === 'cryptographic'));
    return ok((args) => {
      for (const item of attached) {
        const fault = runAt(args, item, 0, '');
        if (fault !== undefined) return err(fault);
      }
      return ok(undefined);
    });
  }
}

function runAt(value: Json | undefined, item: Attached, index: number, pointer: string): CheckFault | undefined {
  if (value === undefined) return undefined;
  const segment = item.segments[index];
  if (segment === undefined) return runCheck(value, item.check, pointer);
  if (typeof value !== 'object' || value === null) return undefined;
  if (segment === '*') {
    for (const [name, member] of Object.entries(value)) {
      const fault = runAt(member as Json, item, index + 1, `${pointer}/${toSegment(name)}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  const member = Array.isArray(value)
    ? value[/^\d{1,9}$/.test(segment) ? Number(segment) : -1]
    : isJsonObject(value) && Object.hasOwn(value, segment)
      ? value[segment]
      : undefined;
  return runAt(member, item, index + 1, `${pointer}/${toSegment(segment)}`);
}

function runCheck(value: Json, check: ToolCheck, pointer: string): CheckFault | undefined {
  try {
    const code = check.check(value);
    return code === undefined ? undefined : { code, pointer, check: check.name };
  } catch {
    // A check that breaks has not passed (XR-FAIL-1).
    const code = check.layer === 'business' ? 'BUSINESS_REFUSED' : 'CRYPTO_REFUSED';
    return { code, pointer, check: check.name };
  }
}
