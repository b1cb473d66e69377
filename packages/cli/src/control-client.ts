import { type IncomingMessage, request } from 'node:http';
import { CodedError, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Agent, Approval, Roles, ServerDiff, ServerStatus, Status } from './control-types.ts';
import { cliError } from './error.ts';
import { CONTROL_TIMEOUT_MS, MAX_CONTROL_BYTES } from './limits.ts';
import { readLines } from './read-lines.ts';

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * The running gateway of a home, through its control socket: HTTP/1.1 and JSON over a Unix socket that only the owner
 * of the home can open. Errors of the gateway are thrown as they are coded there.
 * @throws CodedError GATEWAY_NOT_RUNNING, GATEWAY_PROTOCOL, and the gateway's own codes
 */
export class ControlClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  status = () => this.#json<Status>('GET', '/v1/status');
  reload = () => this.#json<JsonObject>('POST', '/v1/reload');

  servers = () => this.#list<ServerStatus>('/v1/servers', 'servers');
  serverDiff = (id: string) => this.#json<ServerDiff>('GET', `/v1/servers/${segment(id)}/diff`);
  pinServer = (id: string, body: { tools?: readonly string[]; by: string; offer?: string }) =>
    this.#json<JsonObject>('POST', `/v1/servers/${segment(id)}/pin`, body);

  beginServerLogin = (id: string, body: { redirectUri: string; state: string }) =>
    this.#json<{ readonly url: string }>('POST', `/v1/servers/${segment(id)}/login`, body);
  finishServerLogin = (id: string, query: string) =>
    this.#json<{ readonly server: string; readonly issuer: string }>(
      'POST',
      `/v1/servers/${segment(id)}/login/answer`,
      { query },
    );
  endServerLogin = (id: string) =>
    this.#json<{ readonly signedOut: boolean }>('POST', `/v1/servers/${segment(id)}/logout`, {});

  approvals = (state?: string) =>
    this.#list<Approval>(
      `/v1/approvals${state === undefined ? '' : `?state=${encodeURIComponent(state)}`}`,
      'approvals',
    );
  approval = (id: string) => this.#json<Approval>('GET', `/v1/approvals/${segment(id)}`);
  approve = (id: string, body: { keyId: string; signature: string }) =>
    this.#json<Approval>('POST', `/v1/approvals/${segment(id)}/approve`, body);
  deny = (id: string, body: { keyId: string; signature: string; reason: string }) =>
    this.#json<Approval>('POST', `/v1/approvals/${segment(id)}/deny`, body);

  agents = () => this.#list<Agent>('/v1/agents', 'agents');
  addAgent = (body: { id: string; name?: string; roles?: readonly string[] }) =>
    this.#json<{ readonly token: string }>('POST', '/v1/agents', body);
  revokeAgent = (id: string) => this.#json<JsonObject>('DELETE', `/v1/agents/${segment(id)}`);

  roles = () => this.#json<Roles>('GET', '/v1/roles');
  prepareRole = (body: { act: 'grant' | 'revoke'; subject: string; role: string; expiresAt?: number }) =>
    this.#json<{ readonly draftId: string; readonly message: string }>('POST', '/v1/roles/prepare', body);
  commitRole = (body: { draftId: string; signature: string }) =>
    this.#json<JsonObject>('POST', '/v1/roles/commit', body);

  checkPolicy = () => this.#json<JsonObject>('POST', '/v1/policy/check', {});
  testPolicy = (cases: Json) => this.#json<JsonObject>('POST', '/v1/policy/test', { cases });
  explainPolicy = (body: { principal: string; tool: string; arguments: Json }) =>
    this.#json<JsonObject>('POST', '/v1/policy/explain', body);

  auditEntries = (after: number | undefined, limit: number) =>
    this.#list<JsonObject>(`/v1/audit/tail?${tailQuery(after, limit)}`, 'entries');
  receipt = (id: string) => this.#json<JsonObject>('GET', `/v1/audit/receipts/${segment(id)}`);
  checkpoint = () => this.#json<JsonObject>('POST', '/v1/audit/checkpoint');
  prune = (dryRun: boolean) => this.#json<JsonObject>('POST', '/v1/audit/prune', { dryRun });
  backup = (to: string) => this.#json<JsonObject>('POST', '/v1/audit/backup', { to });

  /** Progress objects of a verification; the last one has `done: true` and the outcome. */
  async *verifyAudit(): AsyncGenerator<JsonObject> {
    for await (const line of readLines(await this.#open('POST', '/v1/audit/verify', {}), MAX_CONTROL_BYTES)) {
      if (line !== '') yield parseObject(line);
    }
  }

  /** Entries as they are written, from after a sequence number, until the signal. */
  async *followAudit(after: number | undefined, signal: AbortSignal): AsyncGenerator<JsonObject> {
    const stream = await this.#open('GET', `/v1/audit/tail?${tailQuery(after, 100)}&follow=1`, undefined, signal);
    for await (const line of readLines(stream, MAX_CONTROL_BYTES)) {
      // Each entry is one `data:` line; comments keep the connection alive.
      if (line.startsWith('data:')) yield parseObject(line.slice(5).trim());
    }
  }

  async #list<T>(path: string, member: string): Promise<readonly T[]> {
    const answer = await this.#json<Json>('GET', path);
    const items = isJsonObject(answer) ? answer[member] : answer;
    if (!Array.isArray(items)) throw protocol();
    return items as unknown as readonly T[];
  }

  async #json<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this.#open(method, path, body);
    const text = await readAll(response);
    return (text === '' ? {} : parseJson(text)) as T;
  }

  async #open(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: this.#socket,
          method,
          path,
          // Only the head of an answer is timed: verification may take minutes, and reports on the way.
          timeout: CONTROL_TIMEOUT_MS,
          headers: {
            host: 'ward',
            accept: 'application/json',
            ...(payload !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(payload),
            }),
          },
          ...(signal !== undefined && { signal }),
        },
        (incoming) => {
          outgoing.setTimeout(0);
          resolve(incoming);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', reject);
      outgoing.end(payload);
    }).catch((cause: NodeJS.ErrnoException) => {
      throw signal?.aborted ? cause : notRunning(this.#socket, cause);
    });
    if ((response.statusCode ?? 500) >= 400) throw toError(await readAll(response));
    return response;
  }
}

/** Ids become one path segment; the gateway's own grammar is narrower still. */
function segment(id: string): string {
  return encodeURIComponent(id);
}

function tailQuery(after: number | undefined, limit: number): string {
  return `${after === undefined ? '' : `after=${after}&`}limit=${limit}`;
}

function notRunning(socket: string, cause: NodeJS.ErrnoException): CodedError {
  if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') {
    return cliError('GATEWAY_NOT_RUNNING', 'no gateway runs on this home', { hint: 'Start it with ward up.', cause });
  }
  if (cause.code === 'EACCES') {
    return cliError('HOME_DAMAGED', `this user may not open ${socket}`, {
      hint: 'Run ward as the owner of the home.',
      cause,
    });
  }
  return cliError('GATEWAY_UNREACHABLE', 'the gateway does not answer on its control socket', {
    hint: 'ward status shows whether it is starting or stopping; its log says more.',
    cause,
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_CONTROL_BYTES) throw protocol();
      parts.push(part);
    }
  } catch (cause) {
    throw cause instanceof CodedError
      ? cause
      : cliError('GATEWAY_UNREACHABLE', 'the gateway stopped while it answered', { cause });
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw protocol();
  }
}

function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw protocol();
  if (isJsonObject(value.error)) throw codedFrom(value.error);
  return value;
}

function toError(text: string): CodedError {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    return protocol();
  }
  if (!isJsonObject(body)) return protocol();
  return codedFrom(isJsonObject(body.error) ? body.error : body);
}

function codedFrom(body: JsonObject): CodedError {
  const { code, message, hint, correlationId, retryAfter } = body;
  if (typeof code !== 'string' || typeof message !== 'string') return protocol();
  return new CodedError(code, message, {
    ...(typeof hint === 'string' && { hint }),
    ...(typeof correlationId === 'string' && { correlationId }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  });
}

function protocol(): CodedError {
  return cliError('GATEWAY_PROTOCOL', 'the gateway gave an answer that this command does not understand', {
    hint: 'The gateway may be another version: restart it with ward up.',
  });
}
