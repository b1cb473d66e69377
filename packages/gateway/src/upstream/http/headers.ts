import { Buffer } from 'node:buffer';
import type { JsonObject } from '@wardmesh/core';
import { isJsonObject } from '@wardmesh/core';
import type { JsonRpcRequest } from '../../protocol/message.ts';
import { formatTraceparent, parseTraceContext } from '../../telemetry/trace/trace-context.ts';
import { upstreamError } from '../errors.ts';
import { MAX_SESSION_ID } from '../limits.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Ours to set: connection, framing and what the message itself says. */
const RESERVED =
  /^(host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect|keep-alive|accept|accept-encoding|last-event-id|mcp-.*)$/i;

/** @throws UpstreamError UPSTREAM_PROTOCOL where a configured header cannot be sent. Names the header, never its value. */
export function assertHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || !VALUE.test(value) || RESERVED.test(name)) {
      throw upstreamError('UPSTREAM_UNAVAILABLE', 'a configured header cannot be sent', {
        details: { name: name.slice(0, 64) },
      });
    }
  }
}

/** The `mcp-param-*` headers of a client that may go on; anything else is left out. */
export function paramHeaders(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (/^mcp-param-/i.test(name) && NAME.test(name) && VALUE.test(value)) kept[name.toLowerCase()] = value;
  }
  return kept;
}

/** A session id as 2025-11-25 §transports allows it: visible ASCII. It comes back in our own requests' headers. */
export function isSessionId(text: unknown): text is string {
  return typeof text === 'string' && text.length <= MAX_SESSION_ID && /^[\x21-\x7e]+$/.test(text);
}

/** Event ids are resent in `Last-Event-ID`: one that would not survive there is none. */
export function isEventId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_SESSION_ID && /^[\x20-\x7e]+$/.test(text);
}

/** Which parameter `Mcp-Name` repeats (SEP-2243; tasks per SEP-2663). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** The headers that repeat the body of a stateless-era request (2026-07-28 §transports). */
export function standardHeaders(message: JsonRpcRequest, revision: string): Record<string, string> {
  const field = Object.hasOwn(NAMED_BY, message.method) ? NAMED_BY[message.method] : undefined;
  const name = field === undefined ? undefined : message.params?.[field];
  return {
    'mcp-protocol-version': revision,
    'mcp-method': encodeHeaderValue(message.method),
    ...(typeof name === 'string' && { 'mcp-name': encodeHeaderValue(name) }),
  };
}

/**
 * A text as a header value: as it is where it is plain ASCII without outer blanks and does not look encoded, else
 * `=?base64?…?=` (2026-07-28 §transports, value encoding).
 */
export function encodeHeaderValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/i.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** No headers beside those that every message has; recognised by identity. */
export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** The trace that a message is part of, in the headers of HTTP too (W3C Trace Context §3): what is malformed is left out. */
export function traceHeaders(message: JsonRpcRequest): Readonly<Record<string, string>> {
  const meta = metaOf(message.params);
  const context = parseTraceContext(meta.traceparent, meta.tracestate);
  if (context === undefined) return NO_HEADERS;
  return {
    traceparent: formatTraceparent(context),
    ...(context.state !== undefined && { tracestate: context.state }),
  };
}

/** The media type of a Content-Type without its parameters, lower case. */
export function mediaType(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header[0] : header;
  return (text ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** `_meta` of a request or an empty object. */
export function metaOf(params: JsonObject | undefined): JsonObject {
  return isJsonObject(params?._meta) ? params._meta : {};
}
