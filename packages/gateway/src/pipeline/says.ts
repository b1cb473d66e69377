import type { JsonObject } from '@wardmesh/core';

/** Where a server's own, unreviewed words stand in an answer that is no tool's, resource's or prompt's. */
const MEMBERS: Readonly<Record<string, string>> = {
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'prompts/list': 'prompts',
  'tasks/list': 'tasks',
};
const ALWAYS: ReadonlySet<string> = new Set(['completion/complete', 'tasks/get', 'tasks/result', 'tasks/cancel']);

/** Whether an answer holds words of the server that nobody reviewed; a list of tools holds only pinned ones (WM-IFC-1). */
export function saysSomething(method: string, result: JsonObject): boolean {
  if (ALWAYS.has(method)) return true;
  const member = Object.hasOwn(MEMBERS, method) ? MEMBERS[method] : undefined;
  const items = member === undefined ? undefined : result[member];
  return Array.isArray(items) && items.length > 0;
}
