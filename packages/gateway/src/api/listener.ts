import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type ApiTimes, makeApi } from './app.ts';
import type { ApiDeps } from './deps.ts';

/** The API as a listener of Node's HTTP server, for paths below `/api`. */
export function apiListener(
  deps: ApiDeps,
  times?: ApiTimes,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const app = makeApi(deps, times);
  return getRequestListener(
    (request, { incoming }) => {
      const { socket } = incoming as IncomingMessage;
      return app.fetch(request, { remoteAddress: socket.remoteAddress ?? '', cut: () => socket.destroy() });
    },
    { overrideGlobalObjects: false },
  );
}
