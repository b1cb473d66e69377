import { IncomingMessage } from 'node:http';

/** A request whose body was read already, to be read again by a library: the same head, the given bytes. */
export function replayRequest(request: IncomingMessage, body: Uint8Array, contentType?: string): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method!;
  copy.url = request.url!;
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  const { 'transfer-encoding': _, ...headers } = request.headers;
  copy.headers = {
    ...headers,
    'content-length': String(body.length),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
