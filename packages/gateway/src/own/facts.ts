import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Attached } from '../catalogue/attached.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { VERSION } from '../version.ts';

/** Characters of one server's instructions; models read them all at every start. */
export const MAX_INSTRUCTIONS = 4_000;

/** Who answers on the aggregate route. */
export const AGGREGATE_INFO: JsonObject = { name: 'wardmesh', title: 'Wardmesh', version: VERSION };

/** Capabilities of several servers behind one address: what any has, the aggregate has. */
export function unionCapabilities(attached: readonly Attached[]): JsonObject {
  const union: Record<string, Json> = { tools: { listChanged: true } };
  for (const { facts } of attached) {
    for (const [name, value] of Object.entries(facts.capabilities)) {
      // Tasks and experimental features are tied to one server; they are reached on its own route.
      if (!['prompts', 'resources', 'completions', 'logging', 'tools'].includes(name)) continue;
      const known = union[name];
      union[name] = isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value;
    }
  }
  return union;
}

/** The instructions of those servers that a person reviewed, each under its name. */
export function joinInstructions(attached: readonly Attached[], catalogue: Catalogue): string | undefined {
  const parts = attached.flatMap(({ server, facts }) =>
    facts.instructions && catalogue.server(server)?.book
      ? [`${server}: ${facts.instructions.slice(0, MAX_INSTRUCTIONS)}`]
      : [],
  );
  return parts.length > 0 ? parts.join('\n\n') : undefined;
}
