import { fromUtf8, isJsonObject, type Json, parseStrictJson } from '@wardmesh/core';
import {
  checkHeaders,
  type MessageFault,
  type MessageFaultCode,
  negotiate,
  type ParsedMessage,
  parseMessage,
} from '@wardmesh/guard';
import { type ClientCode, type Denial, deny } from '../protocol/errors.ts';
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from '../protocol/message.ts';
import {
  eraOf,
  isRevision,
  META_PROTOCOL_VERSION,
  REVISIONS,
  type Revision,
  STATELESS_REVISIONS,
} from '../protocol/revision.ts';
import type { Call, Layer } from './call.ts';
import { single } from './transport.ts';
import { hasLoneSurrogate } from './well-formed.ts';

const CODES: Readonly<Record<MessageFaultCode, ClientCode>> = {
  ENVELOPE_INVALID: 'MESSAGE_INVALID',
  BATCH_UNSUPPORTED: 'MESSAGE_INVALID',
  REVISION_UNSUPPORTED: 'REVISION_UNSUPPORTED',
  METHOD_UNKNOWN: 'METHOD_UNKNOWN',
  PARAMS_INVALID: 'PARAMS_INVALID',
  RESULT_INVALID: 'MESSAGE_INVALID',
  META_MISSING: 'PARAMS_INVALID',
  META_INVALID: 'PARAMS_INVALID',
  HEADER_MISMATCH: 'HEADER_MISMATCH',
};

/** Layer 2. One strict JSON value, one MCP message of its revision; headers that repeat the body agree with it. */
export const envelopeLayer: Layer = {
  name: 'envelope',
  run(call) {
    const parsed = parseEnvelope(call);
    if ('code' in parsed) return parsed;
    call.parsed = parsed;
    if (parsed.kind === 'request') {
      call.request = call.body as unknown as JsonRpcRequest;
      call.original = call.inbound.body;
    }
    return undefined;
  },
};

function parseEnvelope(call: Call): ParsedMessage | Denial {
  const { inbound } = call;
  let text: string;
  try {
    text = fromUtf8(inbound.body ?? new Uint8Array());
  } catch {
    return deny('JSON_INVALID', { detail: 'not UTF-8' });
  }
  // A number that a double cannot hold would be approved as one value and sent as another.
  const json = parseStrictJson(text, { exactIntegers: true });
  if (!json.ok) return deny('JSON_INVALID', { detail: json.error.code, data: { reason: json.error.code } });
  if (hasLoneSurrogate(text, json.value)) {
    return deny('JSON_INVALID', { detail: 'JSON_LONE_SURROGATE', data: { reason: 'JSON_LONE_SURROGATE' } });
  }
  call.body = json.value;
  call.requestId = readableId(json.value);

  const named = namedRevision(json.value);
  const header = single(inbound, 'mcp-protocol-version');
  const settled = settleRevision(json.value, named, header);
  if (typeof settled !== 'string') return settled;
  call.revision = settled;
  call.era = eraOf(settled);

  const message = parseMessage(json.value, { revision: settled, from: 'client' });
  if (call.era === 'session') return message.ok ? message.value : fromFault(message.error, call.era);
  // Without its metadata a request is not of this era at all; else an intermediary would meet the headers first.
  if (!message.ok && message.error.code.startsWith('META_')) return fromFault(message.error, call.era);
  const agreed = checkHeaders(inbound.headers, message.ok ? message.value : asRequest(json.value));
  if (!agreed.ok) return fromFault(agreed.error, call.era);
  return message.ok ? message.value : fromFault(message.error, call.era);
}

/**
 * The revision whose schema a message is held to. A stateless request names it itself and repeats it in the header; a
 * session's is compared with the header when the session is known.
 */
function settleRevision(value: Json, named: string | undefined, header: string | undefined): Revision | Denial {
  if (named !== undefined) {
    if (header !== named) return deny('HEADER_MISMATCH', { hint: 'MCP-Protocol-Version must repeat the body.' });
    return isStateless(named) ? named : unsupported(named, STATELESS_REVISIONS);
  }
  if (isInitialize(value)) {
    const params = (value as { params?: Json }).params;
    const asked = isJsonObject(params) ? params.protocolVersion : undefined;
    return negotiate(typeof asked === 'string' ? asked : '');
  }
  if (header === undefined) return '2025-06-18';
  return isRevision(header) ? header : unsupported(header, REVISIONS);
}

function isStateless(revision: string): revision is Revision {
  return (STATELESS_REVISIONS as readonly string[]).includes(revision);
}

function namedRevision(value: Json): string | undefined {
  const params = isJsonObject(value) ? value.params : undefined;
  const meta = isJsonObject(params) ? params._meta : undefined;
  const named = isJsonObject(meta) ? meta[META_PROTOCOL_VERSION] : undefined;
  return typeof named === 'string' ? named : undefined;
}

function isInitialize(value: Json): boolean {
  return isJsonObject(value) && value.method === 'initialize';
}

function unsupported(requested: string, supported: readonly string[]): Denial {
  return deny('REVISION_UNSUPPORTED', { data: { supported, requested: requested.slice(0, 64) } });
}

function fromFault(fault: MessageFault, era: 'session' | 'stateless'): Denial {
  const code = CODES[fault.code];
  return deny(code, {
    detail: `${fault.code} ${fault.pointer ?? ''} ${fault.keyword ?? ''}`.trim(),
    ...(fault.pointer !== undefined && { data: { pointer: fault.pointer } }),
    hint: fault.message,
    // 2026-07-28 §Streamable HTTP: 404 with -32601 for an unknown method, 400 for what is malformed.
    ...(era === 'stateless' && code === 'METHOD_UNKNOWN' && { status: 404 }),
    ...(era === 'stateless' && code === 'PARAMS_INVALID' && fault.code !== 'PARAMS_INVALID' && { status: 400 }),
  });
}

function asRequest(value: Json): ParsedMessage {
  const object = isJsonObject(value) ? value : {};
  return {
    kind: 'request',
    id: readableId(value) ?? 0,
    method: typeof object.method === 'string' ? object.method : '',
    params: isJsonObject(object.params) ? object.params : {},
  };
}

function readableId(value: Json): RequestId | undefined {
  const id = isJsonObject(value) ? value.id : undefined;
  return typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : undefined;
}

/** A client's answer to a question, as a response message. */
export function asResponse(parsed: ParsedMessage): JsonRpcResponse | undefined {
  if (parsed.kind === 'result') return { jsonrpc: '2.0', id: parsed.id, result: parsed.result };
  if (parsed.kind === 'error') return { jsonrpc: '2.0', id: parsed.id, error: parsed.error };
  return undefined;
}
