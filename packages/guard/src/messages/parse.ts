import { err, isJsonObject, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import { MAX_ID_LENGTH, MAX_METHOD_LENGTH } from '../limits.ts';
import { type MessageFault, messageFault } from './faults.ts';
import { CHECKS, type Sender } from './methods.ts';
import { eraOf, isRevision, META_CLIENT_CAPABILITIES, META_PROTOCOL_VERSION, type Revision } from './revisions.ts';
import type { Strictness } from './wire.ts';

export type MessageId = string | number;

/** A message whose envelope and content hold to its revision. All members are those of the value that was parsed. */
export type ParsedMessage =
  | { readonly kind: 'request'; readonly id: MessageId; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'result'; readonly id: MessageId; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly id: MessageId | null; readonly error: RpcError };

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

export interface ParseOptions {
  /** The negotiated revision, or the one a stateless request names. */
  readonly revision: string;
  readonly from: Sender;
  /** For results: the method of the request that is answered. Without it only the envelope is checked. */
  readonly pendingMethod?: string;
  /**
   * What becomes of members that the schema of the revision does not know, outside its extension points (`_meta`, the
   * top of results, capabilities). `refuse` is the default for clients, `forward` for servers: a newer server's extra
   * member is no reason to cut it off.
   */
  readonly unexpected?: 'refuse' | 'forward';
}

const EMPTY: JsonObject = Object.freeze({});
const REQUEST_MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params']);
const RESULT_MEMBERS = new Set(['jsonrpc', 'id', 'result']);
const ERROR_MEMBERS = new Set(['jsonrpc', 'id', 'error']);

/**
 * Reads one JSON-RPC message of MCP (CM-CONN-2, XR-VAL-1): envelope, method of the revision and direction, params or
 * result. Nothing is copied, defaulted or stripped, so the bytes the value came from can be forwarded.
 */
export function parseMessage(value: Json, options: ParseOptions): Result<ParsedMessage, MessageFault> {
  const { revision } = options;
  if (Array.isArray(value)) {
    // Batches left the protocol with 2025-06-18 (MCP changelog, PR #416).
    return err(messageFault('BATCH_UNSUPPORTED', 'batches are not part of this revision', null));
  }
  if (!isJsonObject(value)) return err(messageFault('ENVELOPE_INVALID', 'a message is a JSON object', null));
  const id = readableId(value.id);
  if (value.jsonrpc !== '2.0') {
    return err(
      messageFault('ENVELOPE_INVALID', 'jsonrpc must be "2.0"', id, { pointer: '/jsonrpc', keyword: 'const' }),
    );
  }
  if (!isRevision(revision)) return err(messageFault('REVISION_UNSUPPORTED', 'this revision is not spoken', id));
  if ('method' in value) return parseCall(value, id, revision, options);
  if ('result' in value) return parseResult(value, id, revision, options);
  if ('error' in value) return parseError(value, id);
  return err(messageFault('ENVELOPE_INVALID', 'a message has a method, a result or an error', id));
}

function parseCall(
  value: JsonObject,
  id: MessageId | null,
  revision: Revision,
  options: ParseOptions,
): Result<ParsedMessage, MessageFault> {
  const stray = strayMember(value, REQUEST_MEMBERS);
  if (stray) return err(strayFault(id));
  const { method } = value;
  if (typeof method !== 'string' || method.length > MAX_METHOD_LENGTH) {
    return err(messageFault('ENVELOPE_INVALID', 'method must be a short string', id, { pointer: '/method' }));
  }
  if ('params' in value && !isJsonObject(value.params)) {
    return err(
      messageFault('ENVELOPE_INVALID', 'params must be an object', id, { pointer: '/params', keyword: 'type' }),
    );
  }
  const params = value.params as JsonObject | undefined;
  const isRequest = 'id' in value;
  if (isRequest && id === null) return err(idFault());
  const known = CHECKS[revision][options.from];
  const checks = isRequest ? known.requests.get(method) : known.notifications.get(method);
  if (checks === undefined) {
    return err(messageFault('METHOD_UNKNOWN', 'this revision has no such method in this direction', id));
  }
  if (isRequest && eraOf(revision) === 'stateless') {
    const fault = checkRequestMeta(params, revision, id);
    if (fault !== undefined) return err(fault);
  }
  if (params === undefined) {
    if (!checks.paramsOptional) {
      return err(
        messageFault('PARAMS_INVALID', 'params are required', id, { pointer: '/params', keyword: 'required' }),
      );
    }
  } else {
    const problem = checks.params[strictness(options)](params);
    if (problem !== undefined) {
      return err(
        messageFault('PARAMS_INVALID', 'params do not match the schema of this revision', id, {
          pointer: `/params${problem.pointer}`,
          keyword: problem.keyword,
        }),
      );
    }
  }
  return isRequest
    ? ok({ kind: 'request', id: id as MessageId, method, params: params ?? EMPTY })
    : ok({ kind: 'notification', method, params: params ?? EMPTY });
}

/** The stateless era's request metadata: version and capabilities on every request (MCP 2026-07-28). */
function checkRequestMeta(
  params: JsonObject | undefined,
  revision: Revision,
  id: MessageId | null,
): MessageFault | undefined {
  const meta = params?._meta;
  if (!isJsonObject(meta) || !(META_PROTOCOL_VERSION in meta) || !(META_CLIENT_CAPABILITIES in meta)) {
    return messageFault('META_MISSING', 'params._meta must name the protocol version and client capabilities', id, {
      pointer: '/params/_meta',
      keyword: 'required',
    });
  }
  const named = meta[META_PROTOCOL_VERSION];
  if (typeof named !== 'string' || !isJsonObject(meta[META_CLIENT_CAPABILITIES])) {
    return messageFault('META_INVALID', 'params._meta holds a value of the wrong type', id, {
      pointer: '/params/_meta',
      keyword: 'type',
    });
  }
  if (named !== revision) {
    return messageFault('REVISION_UNSUPPORTED', 'params._meta names another protocol version', id, {
      pointer: `/params/_meta/${META_PROTOCOL_VERSION.replace('/', '~1')}`,
    });
  }
  return undefined;
}

function parseResult(
  value: JsonObject,
  id: MessageId | null,
  revision: Revision,
  options: ParseOptions,
): Result<ParsedMessage, MessageFault> {
  if (strayMember(value, RESULT_MEMBERS)) return err(strayFault(id));
  if (id === null) return err(idFault());
  const { result } = value;
  if (!isJsonObject(result)) {
    return err(messageFault('RESULT_INVALID', 'result must be an object', id, { pointer: '/result', keyword: 'type' }));
  }
  if (options.pendingMethod === undefined) return ok({ kind: 'result', id, result });
  const asker = options.from === 'server' ? 'client' : 'server';
  const checks = CHECKS[revision][asker].requests.get(options.pendingMethod);
  if (checks === undefined) {
    return err(messageFault('METHOD_UNKNOWN', 'the answered method is not part of this revision', id));
  }
  const problem = checks.result[strictness(options)](result);
  if (problem === undefined) return ok({ kind: 'result', id, result });
  return err(
    messageFault('RESULT_INVALID', 'the result does not match the schema of this revision', id, {
      pointer: `/result${problem.pointer}`,
      keyword: problem.keyword,
    }),
  );
}

function parseError(value: JsonObject, id: MessageId | null): Result<ParsedMessage, MessageFault> {
  if (strayMember(value, ERROR_MEMBERS)) return err(strayFault(id));
  // JSON-RPC 2.0 §5: null where the request's id could not be read. MCP leaves it out in that case.
  if (id === null && 'id' in value && value.id !== null) return err(idFault());
  const { error } = value;
  if (!isJsonObject(error) || !Number.isSafeInteger(error.code) || typeof error.message !== 'string') {
    return err(
      messageFault('ENVELOPE_INVALID', 'error must have an integer code and a text message', id, { pointer: '/error' }),
    );
  }
  return ok({ kind: 'error', id, error: error as unknown as RpcError });
}

function strictness(options: ParseOptions): Strictness {
  return (options.unexpected ?? (options.from === 'client' ? 'refuse' : 'forward')) === 'refuse' ? 'closed' : 'open';
}

/** MCP §Requests: a string or an integer, never null. */
function readableId(id: Json | undefined): MessageId | null {
  if (typeof id === 'string') return id.length <= MAX_ID_LENGTH ? id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

function strayMember(value: JsonObject, allowed: ReadonlySet<string>): boolean {
  for (const name in value) if (!allowed.has(name)) return true;
  return false;
}

function strayFault(id: MessageId | null): MessageFault {
  return messageFault('ENVELOPE_INVALID', 'the message has a member that JSON-RPC does not know', id, {
    keyword: 'additionalProperties',
  });
}

function idFault(): MessageFault {
  return messageFault('ENVELOPE_INVALID', 'id must be a string or an integer', null, {
    pointer: '/id',
    keyword: 'type',
  });
}
