import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { type JsonRpcRequest, type JsonRpcResponse, type RequestId, WIRE } from '../protocol/message.ts';
import { MAX_SERVER_REQUESTS } from './limits.ts';

/** Which of the client's capabilities a server-to-client request needs (2025-11-25 §client). */
const NEEDS: Readonly<Record<string, string>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
  'tasks/get': 'tasks',
  'tasks/result': 'tasks',
  'tasks/list': 'tasks',
  'tasks/cancel': 'tasks',
};

/**
 * What a client with these capabilities lacks to be asked this, or undefined where it may be asked. Modes count: a URL
 * is not shown by a client that only knows forms (2025-11-25 §elicitation), tools are not offered where sampling has none.
 */
export function missingCapability(
  method: string,
  params: JsonObject | undefined,
  capabilities: JsonObject,
): string | undefined {
  const needed = Object.hasOwn(NEEDS, method) ? NEEDS[method] : undefined;
  if (needed === undefined) return method;
  const declared = capabilities[needed];
  if (!isJsonObject(declared)) return needed;
  if (method === 'elicitation/create') {
    if (params?.mode === 'url') return isJsonObject(declared.url) ? undefined : 'elicitation.url';
    // A bare `elicitation: {}` means forms: it is what 2025-06-18 says.
    return isJsonObject(declared.form) || declared.url === undefined ? undefined : 'elicitation.form';
  }
  if (method === 'sampling/createMessage' && (params?.tools !== undefined || params?.toolChoice !== undefined)) {
    return isJsonObject(declared.tools) ? undefined : 'sampling.tools';
  }
  return undefined;
}

export interface AsksOptions {
  readonly capabilities: JsonObject;
  /** Finds who is to be asked; undefined where nobody may be. */
  route(message: JsonRpcRequest): ((message: JsonRpcRequest) => Promise<JsonRpcResponse>) | undefined;
  respond(message: JsonRpcResponse): void;
  violation(what: string): void;
}

/** The server-to-client requests of one connection: pings are answered here, the rest is gated, routed and bounded. */
export class Asks {
  readonly #options: AsksOptions;
  readonly #open = new Set<RequestId>();

  constructor(options: AsksOptions) {
    this.#options = options;
  }

  receive(message: JsonRpcRequest): void {
    const { id, method } = message;
    if (method === 'ping') {
      this.#options.respond({ jsonrpc: '2.0', id, result: {} });
      return;
    }
    if (this.#open.has(id)) {
      this.#options.violation('a request under an id in use');
      return;
    }
    const missing = missingCapability(method, message.params, this.#options.capabilities);
    if (missing !== undefined) {
      // A mode the client lacks is a bad parameter, a feature it lacks an unknown method.
      if (missing.includes('.')) this.#refuse(id, WIRE.invalidParams, `The client has no ${missing}`);
      else this.#refuse(id, WIRE.methodNotFound, 'Method not found');
      return;
    }
    if (this.#open.size >= MAX_SERVER_REQUESTS) {
      this.#refuse(id, WIRE.internal, 'Too many requests to the client');
      return;
    }
    const ask = this.#options.route(message);
    if (ask === undefined) {
      this.#refuse(id, WIRE.methodNotFound, 'No client to ask');
      return;
    }
    this.#open.add(id);
    // Called in a promise: whatever it throws becomes an answer.
    (async () => ask(message))().then(
      (response) => this.#answer(id, { ...response, id } as JsonRpcResponse),
      () =>
        this.#answer(id, { jsonrpc: '2.0', id, error: { code: WIRE.internal, message: 'The client did not answer' } }),
    );
  }

  /** The server took its request back: its answer is not sent. */
  withdraw(id: unknown): void {
    this.#open.delete(id as RequestId);
  }

  #answer(id: RequestId, response: JsonRpcResponse): void {
    if (this.#open.delete(id)) this.#options.respond(response);
  }

  #refuse(id: RequestId, code: number, message: string): void {
    this.#options.respond({ jsonrpc: '2.0', id, error: { code, message } });
  }
}
