import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';

export type Id = string | number;

/** One JSON-RPC message with the text it came as: what is relayed is the text. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: Id;
      readonly method: string;
      readonly body: JsonObject;
      readonly text: string;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly body: JsonObject; readonly text: string }
  | { readonly kind: 'response'; readonly id: Id | undefined; readonly body: JsonObject; readonly text: string };

/** A message on one line; undefined where the text is not JSON, 'not-a-message' where it is JSON but no single message. */
export function parseMessage(text: string): Message | 'not-json' | 'not-a-message' {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    return 'not-json';
  }
  if (!isJsonObject(body) || body.jsonrpc !== '2.0') return 'not-a-message';
  // Line ends inside would end the message on stdio; the parsed form has none.
  const line = /[\r\n]/.test(text) ? JSON.stringify(body) : text;
  const { id, method } = body;
  const known = typeof id === 'string' || typeof id === 'number' ? id : undefined;
  if (typeof method === 'string') {
    if (id === undefined) return { kind: 'notification', method, body, text: line };
    return known === undefined ? 'not-a-message' : { kind: 'request', id: known, method, body, text: line };
  }
  return 'result' in body || 'error' in body ? { kind: 'response', id: known, body, text: line } : 'not-a-message';
}

/** JSON-RPC's codes for what the bridge itself answers; `refused` is the gateway's own (pinned). */
export const RPC = { parse: -32700, invalid: -32600, refused: -32001 } as const;

export function errorReply(
  id: Id | null,
  code: number,
  message: string,
  data?: { readonly code: string; readonly hint?: string | undefined; readonly correlationId?: string | undefined },
): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } });
}
