import { dirname, resolve } from 'node:path';
import { err, isJsonObject, ok, type Result } from '@wardmesh/core';
import { isAlias, isScalar, LineCounter, type ParsedNode, parseDocument, visit, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { MAX_CONFIG_BYTES, MAX_CONFIG_DEPTH, MAX_PROBLEMS } from './limits.ts';
import { at, type ConfigProblem, toProblems } from './problems.ts';
import { resolvePaths } from './resolve-paths.ts';
import { type WardConfig, wardSchema } from './schema.ts';
import { remoteServer, stdioServer } from './server.ts';

/**
 * The configuration in the text of a `ward.yaml`, with defaults filled in, durations in milliseconds, sizes in bytes and
 * paths absolute (relative ones start at the folder of `path`). Pure: no file is touched.
 *
 * YAML 1.2 core schema, less what lets one text mean more than it shows: aliases, merge keys, tags, duplicate keys,
 * several documents. The error lists at least one and at most {@link MAX_PROBLEMS} problems.
 */
export function parseConfig(text: string, path: string): Result<WardConfig, ConfigProblem[]> {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    return err([{ line: 1, column: 1, path: '', message: `is larger than ${MAX_CONFIG_BYTES} bytes` }]);
  }
  const lines = new LineCounter();
  const document = read(text, lines);
  if (!document.ok) return document;
  const { root, value } = document.value;
  const parsed = wardSchema.safeParse(value ?? {});
  if (!parsed.success) return err(toProblems(preciseIssues(parsed.error.issues, value), root, lines));
  return ok(resolvePaths(parsed.data, dirname(resolve(path))));
}

/** A server is one of two kinds; which one is meant shows in `url`, and only that kind's issues help. */
function preciseIssues(issues: readonly z.core.$ZodIssue[], value: unknown): z.core.$ZodIssue[] {
  const inServer = (issue: z.core.$ZodIssue): boolean =>
    issue.path[0] === 'servers' && issue.path.length > 1 && issue.code !== 'invalid_key';
  const servers = isJsonObject(value) && isJsonObject(value.servers) ? Object.entries(value.servers) : [];
  const own = servers.flatMap(([id, server]) => {
    const kind = isJsonObject(server) && server.url !== undefined ? remoteServer : stdioServer;
    const found = kind.safeParse(server).error?.issues ?? [];
    return found.map((issue) => ({ ...issue, path: ['servers', id, ...issue.path] }));
  });
  return [...issues.filter((issue) => !inServer(issue)), ...own];
}

function read(text: string, lines: LineCounter): Result<{ root: ParsedNode | null; value: unknown }, ConfigProblem[]> {
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      strict: true,
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: false,
      // Not 'silent': that would let a second document pass.
      logLevel: 'error',
      lineCounter: lines,
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) return err(faults.slice(0, MAX_PROBLEMS).map((fault) => syntaxProblem(fault, lines)));
    const surprises = findSurprises(document.contents, lines);
    if (surprises.length > 0) return err(surprises);
    return ok({ root: document.contents, value: document.toJS({ maxAliasCount: 0 }) });
  } catch {
    // The library throws only where nesting exhausts the stack.
    return err([{ line: 1, column: 1, path: '', message: 'cannot be read as YAML' }]);
  }
}

/** The library's own messages may quote the file, and so a secret; these do not. */
const SYNTAX: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in the same map',
  MULTIPLE_DOCS: 'only one YAML document is allowed',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  BAD_INDENT: 'the indentation does not fit',
  BAD_ALIAS: 'aliases are not allowed',
  MISSING_CHAR: 'a character is missing here: a colon, comma, space or closing quote or bracket',
  TAG_RESOLVE_FAILED: 'tags are not allowed',
  UNEXPECTED_TOKEN: 'this does not belong here',
  BLOCK_AS_IMPLICIT_KEY: 'a nested map cannot start on the line of its key',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line',
  BAD_SCALAR_START: 'a plain text cannot start with this character; quote it',
};

function syntaxProblem(fault: YAMLError, lines: LineCounter): ConfigProblem {
  return {
    ...at(fault.pos[0], lines),
    path: '',
    message: SYNTAX[fault.code] ?? 'this is not YAML',
    hint: `YAML: ${fault.code}`,
  };
}

function findSurprises(root: ParsedNode | null, lines: LineCounter): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (offset: number, message: string): void => {
    problems.push({ ...at(offset, lines), path: '', message });
  };
  visit(root, {
    Node(_key, node, ancestors) {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) add(offset, 'aliases are not allowed');
      else if (node.anchor !== undefined) add(offset, 'anchors are not allowed');
      else if (node.tag !== undefined && node.tag !== '') add(offset, 'tags are not allowed');
      else if (ancestors.length > 2 * MAX_CONFIG_DEPTH) add(offset, `nested deeper than ${MAX_CONFIG_DEPTH} levels`);
      else if (isScalar(node) && node.value === '__proto__') add(offset, 'this name is not allowed');
      return problems.length >= MAX_PROBLEMS ? visit.BREAK : undefined;
    },
  });
  return problems;
}
