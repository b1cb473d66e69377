import type { ShownArguments } from './arguments.ts';
import { MAX_CACHE_KEY } from './limits.ts';
import type { PolicyQuery } from './model.ts';
import type { Reads } from './reads.ts';
import { resourceAttributes, resourceId, toContext } from './request.ts';

/**
 * Everything a decision depends on: principal with roles, action and resource always, and of the rest exactly what some
 * policy reads. Undefined where it would be too long to keep.
 */
export function cacheKey(query: PolicyQuery, args: ShownArguments, reads: Reads): string | undefined {
  const parts: unknown[] = [
    query.action,
    query.principal.id,
    query.principal.roles,
    query.resource.kind,
    resourceId(query.resource),
    query.resource.server,
    args.unread,
  ];
  if (reads.context.length > 0) {
    const context = toContext(query, args);
    for (const path of reads.context) parts.push(valueAt(context, path));
  }
  if (reads.resource.length > 0) {
    const attributes = resourceAttributes(query.resource);
    for (const path of reads.resource) parts.push(valueAt(attributes, path));
  }
  const key = JSON.stringify(parts);
  return key.length <= MAX_CACHE_KEY ? key : undefined;
}

/** The value at a path, or a mark that JSON cannot spell otherwise, so that absent and null stay apart. */
function valueAt(root: unknown, path: readonly string[]): unknown {
  let node = root;
  for (const name of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return { absent: true };
    node = (node as Record<string, unknown>)[name];
  }
  return [node];
}
