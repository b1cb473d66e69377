import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { makeApi } from './app.ts';
import type { ApiDeps } from './deps.ts';

/** The API as a listener of Node's HTTP server, for paths below `/api`. */
export function apiListener(deps: ApiDeps): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const app = makeApi(deps);
  return getRequestListener(
    (request, { incoming }) =>
      app.fetch(request, { remoteAddress: (incoming as IncomingMessage).socket.remoteAddress ?? '' }),
    { overrideGlobalObjects: false },
  );
}
