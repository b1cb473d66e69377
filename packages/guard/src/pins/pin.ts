import type { JsonObject } from '@wardmesh/core';
import { hashJson, type Sha256 } from '../hash.ts';

/**
 * What a tool's pin covers (WM-PIN-1; MCP 2025-11-25 and 2026-07-28 §Tool): all that a model or a person reads and all
 * that decides how it is called. Not covered are `icons` (pictures, often re-hosted), `_meta` (not part of the
 * definition) and `execution`, which only 2025-11-25 has: one tool must have one pin in whichever era it is listed, and
 * the gateway passes on no tasks.
 */
export const PINNED_MEMBERS = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

const PROMPT_MEMBERS = ['name', 'title', 'description', 'arguments'] as const;
const TEMPLATE_MEMBERS = ['uriTemplate', 'name', 'title', 'description', 'mimeType', 'annotations'] as const;

/** A tool as a server lists it; checked against the wire schema before it comes here. */
export type ToolDefinition = JsonObject & { readonly name: string };

/** The members of a definition that its pin covers; what is absent stays absent. */
export function pinnedPart(tool: JsonObject): JsonObject {
  return pick(tool, PINNED_MEMBERS);
}

/** Pin of a tool. @throws TypeError where the definition has no canonical form (lone surrogates). */
export function toolPin(tool: JsonObject): Sha256 {
  return hashJson(pinnedPart(tool));
}

export function promptPin(prompt: JsonObject): Sha256 {
  return hashJson(pick(prompt, PROMPT_MEMBERS));
}

export function resourceTemplatePin(template: JsonObject): Sha256 {
  return hashJson(pick(template, TEMPLATE_MEMBERS));
}

/** Pin of a server: over the pins by name, so that a tool added, removed or renamed changes it. */
export function serverPin(toolPins: Readonly<Record<string, string>>): Sha256 {
  return hashJson(toolPins);
}

function pick(from: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(members.filter((name) => from[name] !== undefined).map((name) => [name, from[name]!]));
}
