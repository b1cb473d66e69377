import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { encodeHeaderValue } from '../upstream/http/headers.ts';
import { MAX_LISTED } from '../upstream/limits.ts';

/** Where in a tool's arguments the value of one `Mcp-Param-*` header stands. */
interface Declaration {
  readonly header: string;
  readonly path: readonly string[];
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const MAX_DECLARATIONS = 64;
const MAX_NESTING = 16;

/** The `x-mcp-header` declarations of an input schema: on primitive properties under `properties` only (SEP-2243). */
export function headerDeclarations(schema: Json | undefined): readonly Declaration[] {
  const found: Declaration[] = [];
  const visit = (node: Json | undefined, path: readonly string[]) => {
    if (!isJsonObject(node) || path.length > MAX_NESTING || found.length >= MAX_DECLARATIONS) return;
    const name = node['x-mcp-header'];
    if (path.length > 0 && typeof name === 'string' && TOKEN.test(name)) {
      found.push({ header: `mcp-param-${name.toLowerCase()}`, path });
    }
    if (isJsonObject(node.properties)) {
      for (const [key, child] of Object.entries(node.properties)) visit(child, [...path, key]);
    }
  };
  visit(schema, []);
  return found;
}

/** The headers a stateless server wants beside the body of one `tools/call`. */
export function headersOf(declarations: readonly Declaration[], args: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { header, path } of declarations) {
    const value = path.reduce<Json | undefined>((node, key) => (isJsonObject(node) ? node[key] : undefined), args);
    if (typeof value === 'string') headers[header] = encodeHeaderValue(value);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value)))
      headers[header] = String(value);
  }
  return headers;
}

/** Remembers which headers each tool wants, from the lists that come by. */
export class ToolHeaders {
  readonly #known = new Map<string, readonly Declaration[]>();
  #isComplete = false;

  learn(result: JsonObject): void {
    if (!Array.isArray(result.tools)) return;
    for (const tool of result.tools as readonly Json[]) {
      if (isJsonObject(tool) && typeof tool.name === 'string' && this.#known.size < MAX_LISTED) {
        this.#known.set(tool.name, headerDeclarations(tool.inputSchema));
      }
    }
  }

  /** All lists were read: what is not known now is no tool, and asking again for each call would be a way to flood. */
  complete(): void {
    this.#isComplete = true;
  }

  forget(): void {
    this.#known.clear();
    this.#isComplete = false;
  }

  /** Whether looking the tool up could tell more. */
  knows(tool: string): boolean {
    return this.#isComplete || this.#known.has(tool);
  }

  of(tool: string, args: Json | undefined): Record<string, string> {
    return headersOf(this.#known.get(tool) ?? [], args);
  }
}
