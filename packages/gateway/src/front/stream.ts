import type { IncomingMessage, ServerResponse } from 'node:http';
import { uuid } from '@wardmesh/core';
import { wwwAuthenticate } from '../oauth/challenge.ts';
import { authenticate } from '../pipeline/authenticate.ts';
import { Call, type Route } from '../pipeline/call.ts';
import type { Pipeline } from '../pipeline/run.ts';
import { acceptsStream, checkOrigin, single, type TransportRules } from '../pipeline/transport.ts';
import { CLIENT_CODES, type Denial, deny, toRpcError } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import { inboundOf } from './inbound.ts';
import { MAX_STREAMS_PER_PRINCIPAL } from './limits.ts';
import type { Relay } from './relay.ts';
import { Responder } from './responder.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface StreamDeps {
  readonly services: Services;
  readonly sessions: Sessions;
  readonly relay: Relay;
  readonly pipeline: Pipeline;
  rules(): TransportRules;
}

/** GET: the session's stream for what belongs to no request, or the rest of a stream that broke (Last-Event-ID). */
export async function handleGet(
  deps: StreamDeps,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = await findSession(deps, route, request);
  if ('code' in found) return refuse(deps, route, request, response, found);
  const { session } = found;
  if (!acceptsStream({ headers: request.headers }))
    return refuse(deps, route, request, response, deny('NOT_ACCEPTABLE'));
  if (deps.sessions.streamsOf(session.principal.id) >= MAX_STREAMS_PER_PRINCIPAL)
    return refuse(deps, route, request, response, deny('TOO_MANY_CONCURRENT', { retryAfter: 5 }));

  const lastEventId = single({ headers: request.headers }, 'last-event-id');
  const missed = lastEventId === undefined ? undefined : session.events.resume(lastEventId);
  const stream = missed?.stream ?? `stream-${uuid(deps.services.random)}`;
  const responder = new Responder(response, {
    streams: true,
    resumable: { log: session.events, stream, primed: false },
  });
  session.streams += 1;
  const isMain = !missed || stream.startsWith('stream-');
  const listener = {
    send: (message: Parameters<Responder['send']>[0], server: string) => {
      if ('id' in message) return responder.send(message);
      const shown = deps.relay.notification(session, server, message as never);
      if (shown) responder.send(shown);
    },
  };
  if (isMain) session.listener = listener;
  const offEnd = session.onEnd(() => responder.end());
  response.once('close', () => {
    offEnd();
    session.streams -= 1;
    if (session.listener === listener) session.listener = undefined;
  });
  responder.openStream();
  for (const text of missed?.missed ?? []) response.write(text);
  if (missed?.ended) {
    session.events.forget(stream);
    response.end();
  }
}

/** DELETE: the client ends its session. */
export async function handleDelete(
  deps: StreamDeps,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = await findSession(deps, route, request);
  if ('code' in found) return refuse(deps, route, request, response, found);
  await deps.sessions.end(found.session);
  response.writeHead(204).end();
}

async function findSession(
  deps: StreamDeps,
  route: Route,
  request: IncomingMessage,
): Promise<{ session: Session } | Denial> {
  const inbound = inboundOf(request, { body: new Uint8Array() });
  const refused = checkOrigin(inbound, deps.rules());
  if (refused) return refused;
  const admitted = await authenticate(deps.services, { inbound, route });
  if ('code' in admitted) return admitted;
  const id = single(inbound, 'mcp-session-id');
  // Without a session id this is a client of the stateless era, which has neither GET nor DELETE.
  if (id === undefined) return deny('METHOD_NOT_ALLOWED');
  const session = deps.sessions.find(id, admitted.principal, route);
  return session ? { session } : deny('SESSION_UNKNOWN', { hint: 'Call initialize again.' });
}

/** Noted like every refusal of a POST: in the operator's log and, where it is a security event, in the audit log. */
async function refuse(
  deps: StreamDeps,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  denial: Denial,
): Promise<void> {
  const correlationId = uuid(deps.services.random);
  const inbound = inboundOf(request, { body: new Uint8Array() });
  await deps.pipeline.refuse(new Call(correlationId, deps.services.clock.monotonic(), inbound, route), denial);
  const responder = new Responder(response, { streams: false });
  if (denial.retryAfter !== undefined) responder.setHeaders({ 'retry-after': String(denial.retryAfter) });
  const challenge = wwwAuthenticate(inbound, route, denial);
  if (challenge !== undefined) responder.setHeaders({ 'www-authenticate': challenge });
  if (denial.code === 'METHOD_NOT_ALLOWED') responder.setHeaders({ allow: 'POST' });
  responder.finish(CLIENT_CODES[denial.code].status, {
    jsonrpc: '2.0',
    id: null,
    error: toRpcError(denial, correlationId),
  });
}
