import { fromUtf8, isJsonObject, type Json, type JsonObject, parseStrictJson, utf8 } from '@wardmesh/core';
import { signerError } from '../error.ts';
import { MAX_ATTACHMENTS, MAX_METHOD_LENGTH } from '../limits.ts';
import type { Frame } from './frame.ts';

/** What an error is on the wire: `data.code` is ours, the number only says that it is an error (JSON-RPC 2.0 §5.1). */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly retryAfter?: number;
  readonly correlationId?: string;
}

/** A JSON-RPC 2.0 message with its attachments. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: string;
      readonly params: JsonObject;
      readonly attachments: readonly Uint8Array[];
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'result'; readonly id: number; readonly result: Json; readonly attachments: readonly Uint8Array[] }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError };

/** Server error of JSON-RPC 2.0 §5.1; the true code is in `data.code`. */
const ERROR_NUMBER = -32_000;

/** The JSON of a message. Attachments stand in it as their lengths alone. */
export function encodeMessage(message: Message): Uint8Array {
  const lengths =
    'attachments' in message && message.attachments.length > 0
      ? { attachments: message.attachments.map(({ length }) => length) }
      : {};
  const head = { jsonrpc: '2.0' };
  switch (message.kind) {
    case 'request':
      return encode({ ...head, id: message.id, method: message.method, params: message.params, ...lengths });
    case 'notification':
      return encode({ ...head, method: message.method, params: message.params });
    case 'result':
      return encode({ ...head, id: message.id, result: message.result, ...lengths });
    case 'error': {
      const { message: text, ...data } = message.error;
      return encode({ ...head, id: message.id, error: { code: ERROR_NUMBER, message: text, data } });
    }
  }
}

function encode(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}

/**
 * The message of a frame. Whatever is not exactly one of the four is refused: unknown members, lengths that do not add
 * up, numbers that a double does not hold.
 * @throws SIGNER_PROTOCOL
 */
export function decodeMessage(frame: Frame): Message {
  const { attachments: lengths, ...value } = parse(frame.json);
  if (value.jsonrpc !== '2.0') throw protocol();
  const attachments = split(frame.attachments, lengths);
  const names = Object.keys(value).sort().join(' ');
  if (names === 'id jsonrpc method params') {
    return { kind: 'request', id: idOf(value), ...callOf(value), attachments };
  }
  if (names === 'id jsonrpc result') return { kind: 'result', id: idOf(value), result: value.result!, attachments };
  if (attachments.length > 0) throw protocol();
  if (names === 'jsonrpc method params') return { kind: 'notification', ...callOf(value) };
  if (names === 'error id jsonrpc') return { kind: 'error', id: idOf(value), error: errorOf(value.error) };
  throw protocol();
}

function parse(json: Uint8Array): JsonObject {
  let text: string;
  try {
    text = fromUtf8(json);
  } catch {
    throw protocol();
  }
  const parsed = parseStrictJson(text, { exactIntegers: true });
  if (!parsed.ok || !isJsonObject(parsed.value)) throw protocol();
  return parsed.value;
}

function idOf({ id }: JsonObject): number {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) throw protocol();
  return id;
}

function callOf({ method, params }: JsonObject): { readonly method: string; readonly params: JsonObject } {
  if (typeof method !== 'string' || method.length > MAX_METHOD_LENGTH || !isJsonObject(params)) throw protocol();
  return { method, params };
}

function errorOf(error: Json | undefined): WireError {
  if (!isJsonObject(error) || typeof error.message !== 'string' || !isJsonObject(error.data)) throw protocol();
  const { code, hint, retryAfter, correlationId } = error.data;
  if (typeof code !== 'string') throw protocol();
  return {
    code,
    message: error.message,
    ...(typeof hint === 'string' && { hint }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

/** Views of one buffer; wiping the views wipes it. */
function split(bytes: Uint8Array, lengths: Json | undefined): readonly Uint8Array[] {
  if (lengths === undefined) {
    if (bytes.length > 0) throw protocol();
    return [];
  }
  if (!Array.isArray(lengths) || lengths.length === 0 || lengths.length > MAX_ATTACHMENTS) throw protocol();
  let offset = 0;
  const parts = (lengths as readonly Json[]).map((length) => {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) throw protocol();
    const part = bytes.subarray(offset, offset + length);
    offset += length;
    return part;
  });
  if (offset !== bytes.length) throw protocol();
  return parts;
}

function protocol() {
  return signerError('SIGNER_PROTOCOL', 'a message that is none of ours');
}
