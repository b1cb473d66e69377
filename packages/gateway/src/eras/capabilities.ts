import { isJsonObject, type JsonObject } from '@wardmesh/core';

function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** A session client's capabilities as a stateless server may read them: tasks were a core feature of 2025-11-25 only. */
export function clientToStateless(capabilities: JsonObject): JsonObject {
  const kept = without(capabilities, 'tasks');
  // There is no notifications/roots/list_changed in 2026-07-28.
  return isJsonObject(kept.roots) ? { ...kept, roots: without(kept.roots, 'listChanged') } : kept;
}

/** A stateless client's capabilities for `initialize`: extensions came with 2026-07-28. */
export function clientToSession(capabilities: JsonObject): JsonObject {
  const kept = without(capabilities, 'extensions', 'tasks');
  return isJsonObject(kept.roots) ? { ...kept, roots: without(kept.roots, 'listChanged') } : kept;
}

/** A stateless server's capabilities for a session client. */
export function serverToSession(capabilities: JsonObject): JsonObject {
  return without(capabilities, 'extensions', 'tasks');
}

/** A session server's capabilities for a stateless client. */
export function serverToStateless(capabilities: JsonObject): JsonObject {
  return without(capabilities, 'tasks');
}
