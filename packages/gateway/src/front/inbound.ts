import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Inbound } from '../pipeline/call.ts';
import type { BodyOutcome } from './read-body.ts';

/** A request as the layers see it. `node:http` joins or drops repeated headers; those that decide anything stand once. */
export function inboundOf(request: IncomingMessage, read: Exclude<BodyOutcome, { gone: true }>): Inbound {
  const socket = request.socket as TLSSocket;
  const tls = socket.encrypted ? (socket.getProtocol() ?? undefined) : undefined;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress ?? '',
    ...('body' in read ? { body: read.body } : { bodyFault: read.fault }),
    ...(tls !== undefined && { tls }),
  };
}
