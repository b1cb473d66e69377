import { isJsonObject } from '@wardmesh/core';
import { wwwAuthenticate } from '../oauth/challenge.ts';
import type { Call } from '../pipeline/call.ts';
import { META_RECEIPT } from '../pipeline/conclude.ts';
import { CLIENT_CODES, type Denial, toRpcError } from '../protocol/errors.ts';
import { isFailure, type JsonRpcResponse, WIRE } from '../protocol/message.ts';

export interface Outcome {
  readonly status: number;
  readonly message: JsonRpcResponse;
  readonly headers: Readonly<Record<string, string>>;
}

/** Codes that are told as a tool's own error from 2025-11-25 on, so that a model can correct itself (SEP-1303). */
const AS_TOOL_ERROR: ReadonlySet<string> = new Set(['ARGUMENTS_INVALID', 'ARGUMENTS_REFUSED', 'ARGUMENTS_HIDDEN_TEXT']);

/** HTTP status of a server's own errors in the stateless era (2026-07-28 §Streamable HTTP). */
const STATELESS_STATUS: Readonly<Record<number, number>> = {
  [WIRE.methodNotFound]: 404,
  [WIRE.headerMismatch]: 400,
  [WIRE.missingClientCapability]: 400,
  [WIRE.unsupportedProtocolVersion]: 400,
};

/** How a call's end is told to its client. */
export function outcomeOf(call: Call, denial: Denial | undefined): Outcome {
  const id = call.requestId ?? null;
  if (denial === undefined) {
    const message = call.response;
    if (message === undefined) throw new Error('a call ended without an answer');
    const status = call.era === 'stateless' && isFailure(message) ? (STATELESS_STATUS[message.error.code] ?? 200) : 200;
    return {
      status,
      message: message.id === id ? message : ({ ...message, id } as JsonRpcResponse),
      headers: call.rateHeaders,
    };
  }
  const headers: Record<string, string> = { ...call.rateHeaders };
  if (denial.retryAfter !== undefined) headers['retry-after'] = String(denial.retryAfter);
  const challenge = wwwAuthenticate(call.inbound, call.route, denial);
  if (challenge !== undefined) headers['www-authenticate'] = challenge;
  if (denial.result !== undefined && id !== null) {
    const meta = isJsonObject(denial.result._meta) ? denial.result._meta : {};
    const result = { ...denial.result, _meta: { ...meta, ...(call.receipt && { [META_RECEIPT]: call.receipt }) } };
    return { status: 200, message: { jsonrpc: '2.0', id, result }, headers };
  }
  const error = toRpcError(denial, call.correlationId, call.receipt);
  if (AS_TOOL_ERROR.has(denial.code) && id !== null && call.revision !== '2025-06-18') {
    const text = [error.message, denial.hint].filter(Boolean).join(' ');
    return {
      status: 200,
      message: {
        jsonrpc: '2.0',
        id,
        result: {
          ...(call.era === 'stateless' && { resultType: 'complete' }),
          content: [{ type: 'text', text }],
          isError: true,
          _meta: {
            'wardmesh/error': error.data as never,
            ...(call.receipt && { [META_RECEIPT]: call.receipt }),
          },
        },
      },
      headers,
    };
  }
  const status = denial.status ?? CLIENT_CODES[denial.code].status;
  return { status, message: { jsonrpc: '2.0', id, error }, headers };
}
