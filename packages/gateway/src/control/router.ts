import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, fromUtf8, isJsonObject, type JsonObject, parseStrictJson } from '@wardmesh/core';

/** One request on the control socket. */
export interface ControlRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** For answers that stream; a handler that used it returns undefined. */
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

export type ControlHandler = (request: ControlRequest) => unknown;

interface Entry {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handler: ControlHandler;
}

const MAX_BODY = 1_048_576;

/** Routes by method and path; `:name` takes one segment. */
export class ControlRouter {
  readonly #entries: Entry[] = [];

  on(method: 'GET' | 'POST' | 'DELETE', path: string, handler: ControlHandler): this {
    this.#entries.push({ method, segments: path.split('/'), handler });
    return this;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    response.once('close', () => controller.abort());
    try {
      const url = new URL(request.url ?? '/', 'http://ward');
      const found = this.#find(request.method ?? '', url.pathname);
      if (!found) throw new CodedError('ROUTE_UNKNOWN', 'The gateway has no such control route.');
      const body = await readJson(request);
      const answer = await found.handler({
        parameters: found.parameters,
        query: url.searchParams,
        body,
        response,
        signal: controller.signal,
      });
      if (!response.headersSent) sendJson(response, 200, answer ?? {});
    } catch (error) {
      const coded =
        error instanceof CodedError ? error : new CodedError('INTERNAL', 'The gateway failed; its log says more.');
      if (!response.headersSent) sendJson(response, statusOf(coded.code), coded.toJSON());
      else response.end(`${JSON.stringify({ error: coded.toJSON() })}\n`);
      if (!(error instanceof CodedError)) throw error;
    }
  }

  #find(method: string, path: string) {
    const given = path.split('/');
    for (const entry of this.#entries) {
      if (entry.method !== method || entry.segments.length !== given.length) continue;
      const parameters: Record<string, string> = {};
      const fits = entry.segments.every((segment, i) => {
        if (!segment.startsWith(':')) return segment === given[i];
        parameters[segment.slice(1)] = decodeURIComponent(given[i]!);
        return true;
      });
      if (fits) return { handler: entry.handler, parameters };
    }
    return undefined;
  }
}

async function readJson(request: IncomingMessage): Promise<JsonObject> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY) throw new CodedError('REQUEST_TOO_LARGE', 'The request is larger than 1 MiB.');
    parts.push(part);
  }
  if (size === 0) return {};
  const parsed = parseStrictJson(fromUtf8(Buffer.concat(parts)));
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new CodedError('JSON_INVALID', 'The body is not a JSON object.');
  return parsed.value;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function statusOf(code: string): number {
  if (/UNKNOWN|MISSING/.test(code)) return 404;
  if (/INTERNAL|FAILED|UNAVAILABLE/.test(code)) return 500;
  return 400;
}
