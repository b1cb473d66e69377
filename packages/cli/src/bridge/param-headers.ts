import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { headerValue } from '../endpoint/stateless.ts';

interface ParamHeader {
  readonly header: string;
  readonly path: readonly string[];
}

/** Most tools remembered, and deepest argument: a list beyond is another's fault, not a reason to grow. */
const MAX_TOOLS = 4_096;
const MAX_DEPTH = 16;

/**
 * Arguments that a tool's schema wants repeated as HTTP headers (MCP 2026-07-28, `x-mcp-header`). A client on stdio
 * does not send headers, so the bridge remembers what the lists it relayed have declared.
 */
export class ParamHeaders {
  readonly #tools = new Map<string, readonly ParamHeader[]>();

  /** Learns from the result of a `tools/list`. */
  learn(result: Json | undefined): void {
    const tools = isJsonObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isJsonObject(tool) || typeof tool.name !== 'string') continue;
      const found = declared(tool.inputSchema, []);
      if (found.length === 0) this.#tools.delete(tool.name);
      else if (this.#tools.size < MAX_TOOLS) this.#tools.set(tool.name, found);
    }
  }

  /** The headers of one `tools/call`. */
  headersOf(body: JsonObject): Record<string, string> {
    const params = isJsonObject(body.params) ? body.params : {};
    const headers: Record<string, string> = {};
    for (const { header, path } of this.#tools.get(String(params.name)) ?? []) {
      const value = path.reduce<Json | undefined>(
        (at, name) => (isJsonObject(at) ? at[name] : undefined),
        params.arguments,
      );
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        headers[header] = headerValue(String(value));
      }
    }
    return headers;
  }
}

function declared(schema: Json | undefined, path: readonly string[]): ParamHeader[] {
  if (!isJsonObject(schema) || path.length > MAX_DEPTH) return [];
  const name = schema['x-mcp-header'];
  const own = typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name);
  const below = isJsonObject(schema.properties)
    ? Object.entries(schema.properties).flatMap(([key, child]) => declared(child, [...path, key]))
    : [];
  return own ? [{ header: `mcp-param-${name.toLowerCase()}`, path }, ...below] : below;
}
