import type { CodedError, JsonObject } from '@wardmesh/core';
import type { Challenge } from '../oauth/challenge.ts';
import { type JsonRpcError, WIRE } from './message.ts';

/** Every reason a client can be told. Closed: clients and dashboards match on these words. */
export const CLIENT_CODES = {
  // transport
  HOST_REFUSED: { status: 403, rpc: WIRE.refused, text: 'This host or origin is not allowed.' },
  REQUEST_TOO_LARGE: { status: 413, rpc: WIRE.invalidRequest, text: 'The request is larger than allowed.' },
  REQUEST_TIMEOUT: { status: 408, rpc: WIRE.invalidRequest, text: 'The request did not arrive in time.' },
  MEDIA_TYPE_REFUSED: { status: 415, rpc: WIRE.invalidRequest, text: 'The content type must be application/json.' },
  NOT_ACCEPTABLE: {
    status: 406,
    rpc: WIRE.invalidRequest,
    text: 'Accept must list application/json and text/event-stream.',
  },
  ROUTE_UNKNOWN: { status: 404, rpc: WIRE.invalidRequest, text: 'There is no such address here.' },
  METHOD_NOT_ALLOWED: { status: 405, rpc: WIRE.invalidRequest, text: 'This HTTP method is not served here.' },
  // envelope
  JSON_INVALID: { status: 400, rpc: WIRE.parseError, text: 'The body is not JSON that means one thing.' },
  MESSAGE_INVALID: { status: 400, rpc: WIRE.invalidRequest, text: 'The message is not a valid MCP message.' },
  METHOD_UNKNOWN: { status: 200, rpc: WIRE.methodNotFound, text: 'This method does not exist.' },
  PARAMS_INVALID: { status: 200, rpc: WIRE.invalidParams, text: 'The parameters do not fit the method.' },
  REVISION_UNSUPPORTED: {
    status: 400,
    rpc: WIRE.unsupportedProtocolVersion,
    text: 'This protocol version is not supported.',
  },
  HEADER_MISMATCH: { status: 400, rpc: WIRE.headerMismatch, text: 'Headers and body disagree.' },
  CAPABILITY_MISSING: {
    status: 400,
    rpc: WIRE.missingClientCapability,
    text: 'The client lacks a capability this request needs.',
  },
  SESSION_UNKNOWN: { status: 404, rpc: WIRE.refused, text: 'There is no such session.' },
  SESSION_MISSING: { status: 400, rpc: WIRE.refused, text: 'The Mcp-Session-Id header is missing.' },
  // authenticate, limit
  AUTHENTICATION_REQUIRED: { status: 401, rpc: WIRE.refused, text: 'Authentication is required.' },
  SCOPE_INSUFFICIENT: {
    status: 403,
    rpc: WIRE.refused,
    text: 'The person has not allowed this client to do that.',
  },
  LOCKED_OUT: { status: 429, rpc: WIRE.refused, text: 'Too many failed attempts; locked for a while.' },
  RATE_LIMITED: { status: 429, rpc: WIRE.refused, text: 'Too many requests.' },
  TOO_MANY_CONCURRENT: { status: 429, rpc: WIRE.refused, text: 'Too many requests at once.' },
  // resolve, validate
  TOOL_UNKNOWN: { status: 200, rpc: WIRE.invalidParams, text: 'Unknown tool.' },
  SERVER_UNKNOWN: { status: 404, rpc: WIRE.refused, text: 'There is no such server.' },
  SERVER_NOT_REVIEWED: {
    status: 200,
    rpc: WIRE.refused,
    text: 'This server has not been reviewed by the operator yet.',
  },
  TOOL_QUARANTINED: {
    status: 200,
    rpc: WIRE.refused,
    text: 'This tool changed since it was reviewed and is held back.',
  },
  ARGUMENTS_INVALID: { status: 200, rpc: WIRE.invalidParams, text: 'The arguments do not fit the tool.' },
  ARGUMENTS_HIDDEN_TEXT: {
    status: 200,
    rpc: WIRE.invalidParams,
    text: 'The arguments hold characters that a person could not see.',
  },
  ARGUMENTS_REFUSED: {
    status: 200,
    rpc: WIRE.invalidParams,
    text: 'The arguments fail one of the checks of this tool.',
  },
  // authorise, approve
  POLICY_DENIED: { status: 200, rpc: WIRE.refused, text: 'The policy does not allow this.' },
  APPROVAL_REQUIRED: { status: 200, rpc: WIRE.refused, text: 'A person has to approve this call.' },
  APPROVAL_DENIED: { status: 200, rpc: WIRE.refused, text: 'A person denied this call.' },
  APPROVAL_EXPIRED: { status: 200, rpc: WIRE.refused, text: 'The approval expired.' },
  APPROVAL_REPLAYED: { status: 200, rpc: WIRE.refused, text: 'This approval has been used.' },
  APPROVAL_BINDING_CHANGED: {
    status: 200,
    rpc: WIRE.refused,
    text: 'The call differs from the one that was approved.',
  },
  APPROVAL_UNKNOWN: { status: 200, rpc: WIRE.refused, text: 'There is no such approval.' },
  // intend, execute, screen
  AUDIT_UNAVAILABLE: { status: 200, rpc: WIRE.refused, text: 'The audit log cannot be written, so nothing is done.' },
  TIMEOUT: { status: 200, rpc: WIRE.refused, text: 'The time limit was reached and the work was stopped.' },
  MEMORY_LIMIT: { status: 200, rpc: WIRE.refused, text: 'The memory limit was reached and the work was stopped.' },
  UPSTREAM_UNAVAILABLE: { status: 200, rpc: WIRE.refused, text: 'The server behind this tool is not available.' },
  UPSTREAM_FAILED: { status: 200, rpc: WIRE.refused, text: 'The server behind this tool failed.' },
  RESULT_TOO_LARGE: { status: 200, rpc: WIRE.refused, text: 'The answer is larger than allowed.' },
  RESULT_INVALID: { status: 200, rpc: WIRE.refused, text: 'The answer does not fit what the tool promised.' },
  CANCELLED: { status: 200, rpc: WIRE.refused, text: 'The request was cancelled.' },
  SHUTTING_DOWN: { status: 503, rpc: WIRE.refused, text: 'The gateway is shutting down.' },
  STATE_REFUSED: { status: 200, rpc: WIRE.invalidParams, text: 'The request state is not one of ours, or was used.' },
  INTERNAL: { status: 500, rpc: WIRE.internal, text: 'Internal error; access denied.' },
} as const satisfies Record<string, { status: number; rpc: number; text: string }>;

export type ClientCode = keyof typeof CLIENT_CODES;

/** Why a call stops: the public code, what the client may know beside it, and the facts for the operator's log. */
export interface Denial {
  readonly code: ClientCode;
  readonly hint?: string;
  /** HTTP status where it differs from the code's. */
  readonly status?: number;
  /** Whole seconds. */
  readonly retryAfter?: number;
  /** What is wrong with the credentials, for `WWW-Authenticate`. */
  readonly challenge?: Challenge;
  /** Public, structured: `approvalId`, `supported`, … */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Answers the client with this result in the place of an error (`input_required`). */
  readonly result?: JsonObject;
  /** For the operator only. */
  readonly cause?: unknown;
  /** For the operator only: what exactly failed. */
  readonly detail?: string;
}

export function deny(code: ClientCode, fields: Omit<Denial, 'code'> = {}): Denial {
  return { code, ...fields };
}

/** The error object a client sees (XR-ERR-1): code, correlation id, hint; nothing of the cause. */
export function toRpcError(denial: Denial, correlationId: string, receipt?: string): JsonRpcError {
  const { rpc, text } = CLIENT_CODES[denial.code];
  return {
    code: rpc,
    message: text,
    data: {
      code: denial.code,
      correlationId,
      ...(denial.hint !== undefined && { hint: denial.hint }),
      ...(denial.retryAfter !== undefined && { retryAfter: denial.retryAfter }),
      ...denial.data,
      ...(receipt !== undefined && { receipt }),
    },
  };
}

const FROM_INSIDE: Readonly<Record<string, ClientCode>> = {
  UPSTREAM_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_BREAKER_OPEN: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_INSECURE: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_SIGN_IN_NEEDED: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_SIGN_IN_REFUSED: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_CRASHED: 'UPSTREAM_FAILED',
  UPSTREAM_PROTOCOL: 'UPSTREAM_FAILED',
  UPSTREAM_TIMEOUT: 'TIMEOUT',
  UPSTREAM_MEMORY: 'MEMORY_LIMIT',
  UPSTREAM_TOO_LARGE: 'RESULT_TOO_LARGE',
  UPSTREAM_CANCELLED: 'CANCELLED',
  SANDBOX_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  SANDBOX_PROFILE_INVALID: 'UPSTREAM_UNAVAILABLE',
  SANDBOX_PATH_REFUSED: 'UPSTREAM_UNAVAILABLE',
  SANDBOX_START_FAILED: 'UPSTREAM_UNAVAILABLE',
  SANDBOX_START_TIMEOUT: 'UPSTREAM_UNAVAILABLE',
  LIMITS_CONCURRENCY_EXCEEDED: 'TOO_MANY_CONCURRENT',
  LIMITS_QUEUE_TIMEOUT: 'TOO_MANY_CONCURRENT',
  LIMITS_QUEUE_ABORTED: 'CANCELLED',
};

/** Many internal reasons, few wire errors; what is in no list is INTERNAL. */
export function denialOf(error: CodedError): Denial {
  const known = Object.hasOwn(CLIENT_CODES, error.code) ? (error.code as ClientCode) : 'INTERNAL';
  const code = Object.hasOwn(FROM_INSIDE, error.code) ? FROM_INSIDE[error.code]! : known;
  return deny(code, {
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
    ...(error.code === 'UPSTREAM_SIGN_IN_NEEDED' && { hint: 'The operator of the gateway has to sign in to it.' }),
    detail: `${error.code}: ${error.message}`,
    cause: error,
  });
}
