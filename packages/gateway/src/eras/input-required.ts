import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { isFailure, type JsonRpcRequest, type JsonRpcResponse } from '../protocol/message.ts';
import { missingCapability } from '../upstream/asks.ts';
import { MAX_INPUT_REQUESTS, MAX_REQUEST_STATE } from '../upstream/limits.ts';

export interface InputRequest {
  readonly key: string;
  readonly method: string;
  readonly params: JsonObject | undefined;
}

/** A stateless server's wish for more input (SEP-2322), read and bounded. */
export interface InputRound {
  readonly requests: readonly InputRequest[];
  readonly requestState: string | undefined;
}

/** What was wrong with it, for the operator. */
export interface InputFault {
  readonly fault: string;
}

const KINDS: readonly string[] = ['elicitation/create', 'sampling/createMessage', 'roots/list'];

export function readInputRound(result: JsonObject): InputRound | InputFault {
  const { inputRequests, requestState } = result;
  if (requestState !== undefined && (typeof requestState !== 'string' || requestState.length > MAX_REQUEST_STATE)) {
    return { fault: 'a malformed requestState' };
  }
  if (inputRequests !== undefined && !isJsonObject(inputRequests)) return { fault: 'malformed inputRequests' };
  const requests: InputRequest[] = [];
  for (const [key, entry] of Object.entries(inputRequests ?? {})) {
    if (!isJsonObject(entry) || typeof entry.method !== 'string' || !KINDS.includes(entry.method)) {
      return { fault: 'an unknown kind of input request' };
    }
    const params = isJsonObject(entry.params) ? entry.params : undefined;
    if (params === undefined && entry.method !== 'roots/list') return { fault: 'an input request without parameters' };
    requests.push({ key, method: entry.method, params });
  }
  if (requests.length > MAX_INPUT_REQUESTS) return { fault: 'too many input requests' };
  if (requests.length === 0 && requestState === undefined) return { fault: 'input required, but none asked for' };
  return { requests, requestState };
}

/**
 * Asks a session client everything one round wants, all at once.
 * @returns the answers by key, or why there are none: what the client never declared is not asked.
 */
export async function askRound(
  round: InputRound,
  client: { readonly capabilities: JsonObject; readonly revision: string },
  ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>,
  mintId: () => string,
): Promise<{ readonly inputResponses: JsonObject } | InputFault> {
  for (const { method, params } of round.requests) {
    const missing = missingCapability(method, params, client.capabilities);
    if (missing !== undefined) return { fault: `the client has no ${missing}` };
  }
  const answers = await Promise.all(
    round.requests.map(async ({ key, method, params }) => {
      const response = await ask({
        jsonrpc: '2.0',
        id: mintId(),
        method,
        ...(params !== undefined && { params: sessionParams(method, params, client.revision, mintId) }),
      });
      return [key, response] as const;
    }),
  );
  const inputResponses: Record<string, JsonObject> = {};
  for (const [key, response] of answers) {
    if (isFailure(response)) return { fault: 'the client refused to answer' };
    inputResponses[key] = response.result;
  }
  return { inputResponses };
}

/** Session-era spelling: URL elicitations have an id (2025-11-25), and modes did not exist before. */
function sessionParams(method: string, params: JsonObject, revision: string, mintId: () => string): JsonObject {
  if (method !== 'elicitation/create') return params;
  if (params.mode === 'url') return { ...params, elicitationId: params.elicitationId ?? mintId() };
  if (revision !== '2025-06-18') return params;
  const { mode: _mode, ...rest } = params;
  return rest;
}
