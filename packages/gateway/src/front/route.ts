import type { Route } from '../pipeline/call.ts';

const SERVER_PATH = /^\/servers\/([a-z][a-z0-9-]{0,31})\/mcp$/;

/** The MCP endpoint a path names. Matched on the raw path: no decoding, no dots, no trailing slash, no query. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/mcp') return { kind: 'aggregate' };
  const server = SERVER_PATH.exec(path)?.[1];
  return server === undefined ? undefined : { kind: 'server', server };
}

export function routeKey(route: Route): string {
  return route.kind === 'aggregate' ? '/mcp' : `/servers/${route.server}/mcp`;
}
