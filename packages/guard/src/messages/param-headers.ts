import { err, isJsonObject, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import { MAX_SCHEMA_DEPTH } from '../limits.ts';

/** One argument that a tool's schema asks clients to repeat as an HTTP header (MCP 2026-07-28, `x-mcp-header`). */
export interface ParamHeader {
  /** Lower-case header name, `mcp-param-…`. */
  readonly header: string;
  /** Member names from the arguments' root. */
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'boolean';
}

const KEYWORD = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/; // RFC 9110 §5.6.2
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);

/**
 * The headers a tool's input schema declares. An error says why the definition is invalid (MCP 2026-07-28 §Streamable
 * HTTP, schema extension): a name that is no token or is used twice, a type that is not primitive, or a place that is not
 * reached through `properties` alone. Such a tool must not be offered to HTTP clients.
 */
export function readParamHeaders(inputSchema: JsonObject): Result<readonly ParamHeader[], string> {
  const found: ParamHeader[] = [];
  const names = new Set<string>();
  const fault = visit(inputSchema, [], true, found, names);
  return fault === undefined ? ok(found) : err(fault);
}

function visit(
  node: Json | undefined,
  path: readonly string[],
  reachable: boolean,
  found: ParamHeader[],
  names: Set<string>,
  depth = 0,
): string | undefined {
  if (depth > 2 * MAX_SCHEMA_DEPTH) return 'the schema is nested too deep';
  if (Array.isArray(node)) {
    for (const item of node) {
      const fault = visit(item, path, false, found, names, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!isJsonObject(node)) return undefined;
  if (KEYWORD in node) {
    const fault = declare(node, path, reachable, found, names);
    if (fault !== undefined) return fault;
  }
  for (const [keyword, child] of Object.entries(node)) {
    if (keyword === 'properties' && isJsonObject(child)) {
      for (const [name, property] of Object.entries(child)) {
        const fault = visit(property, [...path, name], reachable, found, names, depth + 1);
        if (fault !== undefined) return fault;
      }
    } else if (!DATA_KEYWORDS.has(keyword)) {
      const fault = visit(child, path, false, found, names, depth + 1);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

/** Keywords whose value is data and not a schema: a member named `x-mcp-header` in there declares nothing. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required', KEYWORD]);

function declare(
  node: JsonObject,
  path: readonly string[],
  reachable: boolean,
  found: ParamHeader[],
  names: Set<string>,
): string | undefined {
  const name = node[KEYWORD];
  if (!reachable || path.length === 0) return 'x-mcp-header stands where only properties may declare it';
  if (typeof name !== 'string' || !TOKEN.test(name)) return 'x-mcp-header is not a header name';
  if (!TYPES.has(node.type)) return 'x-mcp-header is for string, integer and boolean only';
  const header = `mcp-param-${name.toLowerCase()}`;
  if (names.has(header)) return 'x-mcp-header names one header twice';
  names.add(header);
  found.push({ header, path, type: node.type as ParamHeader['type'] });
  return undefined;
}
