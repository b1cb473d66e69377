import { isMap, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from 'yaml';
import type { z } from 'zod';
import { MAX_PROBLEMS } from './limits.ts';

/** One reason why a configuration is refused. No part of it repeats a value of the file: that could be a secret. */
export interface ConfigProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based, UTF-16 units. */
  readonly column: number;
  /** `servers.files.command`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What zod found, at the places of the file where it stands, in the order of the file. */
export function toProblems(issues: readonly Issue[], root: ParsedNode | null, lines: LineCounter): ConfigProblem[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap((issue) => describe(issue, root, lines))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_PROBLEMS);
}

/** Replaces a failed union by the failure of the branch that was meant. */
function flatten(issue: Issue, above: Path): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_key') return [{ ...issue, path, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const meant = meantBranch(issue.errors);
  return meant === undefined ? [{ ...issue, path }] : meant.flatMap((inner) => flatten(inner, path));
}

/** The branch with the fewest faults of shape; none where every branch expects another kind of value altogether. */
function meantBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const shaped = branches.filter((issues) => !issues.some((issue) => isKindFault(issue)));
  const faults = (issues: Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const ranked = shaped.toSorted((a, b) => faults(a) - faults(b));
  return ranked[0];
}

function isKindFault(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function describe(issue: Issue, root: ParsedNode | null, lines: LineCounter): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...position([...issue.path, key], root, lines, 'key'),
      path: dotted([...issue.path, key]),
      message: 'is not a known setting',
      hint: 'Remove it, or see docs/ward.schema.json for the known ones.',
    }));
  }
  const missing = isMissing(issue, root);
  return [
    {
      ...position(issue.path, root, lines, issue.code === 'invalid_key' ? 'key' : 'value'),
      path: dotted(issue.path),
      message: missing ? 'is missing' : wording(issue),
    },
  ];
}

function isMissing(issue: Issue, root: ParsedNode | null): boolean {
  return issue.path.length > 0 && findNode(root, issue.path) === undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** zod's own words only where they hold no value of the file. */
function wording(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid input')
        ? `must be ${KINDS[issue.expected] ?? issue.expected}`
        : issue.message;
    case 'too_big':
      return issue.message.startsWith('Too big')
        ? `must be at most ${issue.maximum}${unit(issue.origin)}`
        : issue.message;
    case 'too_small':
      return issue.message.startsWith('Too small')
        ? `must be at least ${issue.minimum}${unit(issue.origin)}`
        : issue.message;
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

export function dotted(path: Path): string {
  return path.map(String).join('.');
}

/** Line and column of the node at `path`, or of its nearest ancestor that the file holds. */
function position(
  path: Path,
  root: ParsedNode | null,
  lines: LineCounter,
  part: 'key' | 'value',
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const found = findNode(root, path.slice(0, length));
    // A missing member is shown at the name of the map that lacks it.
    const node = part === 'key' || length < path.length ? (found?.key ?? found?.value) : (found?.value ?? found?.key);
    if (node?.range) return at(node.range[0], lines);
  }
  return { line: 1, column: 1 };
}

export function at(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function findNode(root: ParsedNode | null, path: Path): { key?: Node; value?: Node } | undefined {
  let found: { key?: Node; value?: Node } = root === null ? {} : { value: root };
  for (const step of path) {
    const here = found.value;
    if (isMap(here)) {
      const pair = here.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return undefined;
      found = { key: pair.key as Node, ...(pair.value !== null && { value: pair.value as Node }) };
    } else if (isSeq(here) && here.items[Number(step)] !== undefined) {
      found = { value: here.items[Number(step)] as Node };
    } else return undefined;
  }
  return found;
}
