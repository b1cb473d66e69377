import type { IncomingMessage } from 'node:http';
import { CodedError, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { cliError } from '../error.ts';
import { MAX_EVENT_BYTES } from '../limits.ts';
import { VERSION } from '../version.ts';
import type { Endpoint } from './endpoint.ts';
import { GatewayHttp } from './http.ts';
import { readEvents } from './sse.ts';
import { META, STATELESS, statelessHeaders } from './stateless.ts';

export interface ToolCall {
  readonly server: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Whether to be kept waiting where a person must approve. */
  readonly wait: boolean;
  readonly approval?: string;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** A result as the tool gave it, or why the gateway refused: its code, and the public data in `details`. */
export type CallOutcome = { readonly result: JsonObject; readonly receipt?: string } | { readonly error: CodedError };

const ID = 1;

/** One tool call in the stateless era: one request, no session to open or to close. */
export async function callTool(endpoint: Endpoint, call: ToolCall): Promise<CallOutcome> {
  const message = {
    jsonrpc: '2.0',
    id: ID,
    method: 'tools/call',
    params: {
      name: call.tool,
      arguments: call.arguments,
      _meta: {
        [META.protocolVersion]: STATELESS,
        [META.clientCapabilities]: {},
        [META.clientInfo]: { name: 'ward', version: VERSION },
        [META.wait]: call.wait,
        ...(call.approval !== undefined && { [META.approval]: call.approval }),
        progressToken: ID,
      },
    },
  } satisfies JsonObject;
  const http = new GatewayHttp(endpoint);
  try {
    const response = await http.send({
      method: 'POST',
      path: `/servers/${call.server}/mcp`,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...statelessHeaders(message),
      },
      body: JSON.stringify(message),
      signal: call.signal,
    });
    return toOutcome(await readAnswer(response, call));
  } finally {
    http.close();
  }
}

async function readAnswer(response: IncomingMessage, call: ToolCall): Promise<JsonObject> {
  const type = response.headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) {
    for await (const event of readEvents(response)) {
      const message = event.data === '' ? undefined : parse(event.data);
      if (!isJsonObject(message)) continue;
      if (message.id === ID && message.method === undefined) return message;
      if (message.method === 'notifications/progress' && isJsonObject(message.params)) {
        call.onProgress(String(message.params.message ?? `progress ${String(message.params.progress)}`));
      }
    }
    throw cut();
  }
  const message = parse(await readBody(response));
  if (isJsonObject(message)) return message;
  throw unexpected(response.statusCode);
}

function toOutcome(message: JsonObject): CallOutcome {
  if (isJsonObject(message.error)) return { error: toError(message.error) };
  if (!isJsonObject(message.result)) throw unexpected(undefined);
  const meta = isJsonObject(message.result._meta) ? message.result._meta : {};
  const receipt = meta[META.receipt];
  // Told as a tool's error so that models can correct themselves (SEP-1303); here a person reads who refused.
  const refusal = meta[META.error];
  if (isJsonObject(refusal)) {
    const { hint: _said, ...data } = refusal;
    return { error: toError({ message: textOf(message.result), data }) };
  }
  return { result: message.result, ...(typeof receipt === 'string' && { receipt }) };
}

/** The refusal's sentence, with its hint. */
function textOf(result: JsonObject): string {
  const [first] = Array.isArray(result.content) ? result.content : [];
  return isJsonObject(first) && typeof first.text === 'string' ? first.text : 'The gateway refused the call.';
}

/** JSON-RPC's error with the gateway's coded data; another server's error keeps its number. */
function toError(error: JsonObject): CodedError {
  const data = isJsonObject(error.data) ? error.data : {};
  const code = typeof data.code === 'string' ? data.code : 'CALL_FAILED';
  const text = typeof error.message === 'string' ? error.message : `JSON-RPC error ${String(error.code)}`;
  return new CodedError(code, text, {
    ...(typeof data.hint === 'string' && { hint: data.hint }),
    ...(typeof data.correlationId === 'string' && { correlationId: data.correlationId }),
    ...(typeof data.retryAfter === 'number' && { retryAfter: data.retryAfter }),
    details: data,
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_EVENT_BYTES) throw unexpected(response.statusCode);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function cut(): CodedError {
  return cliError('GATEWAY_UNREACHABLE', 'the connection ended before the answer; whether the call ran is in the log', {
    hint: 'ward audit tail shows the last calls.',
  });
}

function unexpected(status: number | undefined): CodedError {
  const shown = status === undefined ? '' : ` (HTTP ${status})`;
  return cliError('GATEWAY_PROTOCOL', `the gateway gave an answer that is not MCP${shown}`, {
    hint: 'Another program may listen there. ward status shows the address.',
  });
}
