import { err, isJsonObject, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_LENGTH, MAX_SCHEMA_NODES } from '../limits.ts';
import { readPattern } from './pattern.ts';

/** Why a foreign schema is not compiled. */
export type AdmitProblem = 'size' | 'depth' | 'nodes' | 'reference' | 'identifier' | 'pattern' | 'async' | 'dialect';

export type Dialect = '2020-12' | '2019-09' | 'draft-07' | 'draft-06';

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['http://json-schema.org/draft-06/schema', 'draft-06'],
]);

/** The dialect a schema names; 2020-12 where it names none (MCP 2025-11-25, SEP-1613). */
export function dialectOf(schema: JsonObject): Dialect | undefined {
  const named = schema.$schema;
  if (named === undefined) return '2020-12';
  return typeof named === 'string'
    ? DIALECTS.get(
        named.replace(/^https:\/\/json-schema\.org\/draft-/, 'http://json-schema.org/draft-').replace(/#$/, ''),
      )
    : undefined;
}

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'] as const;
/** Keywords whose value is data: what looks like a keyword in there is none. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required']);
/** Keywords whose value maps names of the author's choice to schemas. */
const NAME_MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);

/**
 * Whether a schema written by a stranger may be compiled: bounded in size and depth, references within itself only (a
 * remote one would be a request the author chooses), no second base URI, no promise-returning validator (which would
 * always count as true), and patterns only that run in linear time.
 * @param length of the canonical form, UTF-16 units.
 */
export function admitSchema(schema: JsonObject, length: number): Result<Dialect, AdmitProblem> {
  if (length > MAX_SCHEMA_LENGTH) return err('size');
  const dialect = dialectOf(schema);
  if (dialect === undefined) return err('dialect');
  const count = { nodes: 0 };
  const problem = visitSchema(schema, 0, count);
  return problem === undefined ? ok(dialect) : err(problem);
}

function visitSchema(node: Json | undefined, depth: number, count: { nodes: number }): AdmitProblem | undefined {
  if (depth > MAX_SCHEMA_DEPTH) return 'depth';
  if (++count.nodes > MAX_SCHEMA_NODES) return 'nodes';
  if (Array.isArray(node)) {
    for (const item of node) {
      const problem = visitSchema(item, depth + 1, count);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isJsonObject(node)) return undefined;
  const own = checkKeywords(node, depth);
  if (own !== undefined) return own;
  for (const [keyword, value] of Object.entries(node)) {
    if (DATA.has(keyword)) continue;
    const isNames = NAME_MAPS.has(keyword) && isJsonObject(value);
    for (const child of isNames ? Object.values(value) : [value]) {
      const problem = visitSchema(child, depth + 1, count);
      if (problem !== undefined) return problem;
    }
    if (isNames && keyword === 'patternProperties') {
      for (const pattern of Object.keys(value)) if (!readPattern(pattern).ok) return 'pattern';
    }
  }
  return undefined;
}

function checkKeywords(node: JsonObject, depth: number): AdmitProblem | undefined {
  for (const keyword of REFERENCES) {
    const target = node[keyword];
    if (target !== undefined && (typeof target !== 'string' || !target.startsWith('#'))) return 'reference';
  }
  // A nested $id would give local references another meaning; the outermost one is dropped before compiling.
  if (depth > 0 && (typeof node.$id === 'string' || typeof node.id === 'string')) return 'identifier';
  if (node.$async !== undefined) return 'async';
  if (typeof node.pattern === 'string' && !readPattern(node.pattern).ok) return 'pattern';
  return undefined;
}
