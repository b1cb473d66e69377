import { CodedError, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Call } from '../pipeline/call.ts';
import type { Denial } from '../protocol/errors.ts';
import { type JsonRpcNotification, type JsonRpcRequest, type JsonRpcResponse, WIRE } from '../protocol/message.ts';
import { refusal } from './asks.ts';
import { ASK_TIMEOUT_MS, MAX_HELD_CALLS, MAX_PENDING_ASKS } from './limits.ts';

interface Question {
  readonly key: string;
  readonly message: JsonRpcRequest;
  resolve(response: JsonRpcResponse): void;
}

/** What happened first: the call ended, or the server asks. */
export type Turn = { readonly ended: Denial | undefined } | { readonly questions: JsonObject };

/**
 * A call of a stateless client to a session-era server that asked something: the call stays where it is, inside `execute`,
 * while the client is answered `input_required`; its retry brings the answers and gets the rest.
 */
export class HeldCall {
  readonly call: Call;
  readonly #open = new Map<string, Question>();
  #asked: (() => void) | undefined;
  #next = 1;
  #sink: ((message: JsonRpcNotification) => void) | undefined;
  #run: Promise<Denial | undefined> | undefined;

  readonly #controller: AbortController;

  constructor(call: Call, controller: AbortController) {
    this.call = call;
    this.#controller = controller;
  }

  /** The client is gone, or gave up. */
  cancel(reason: unknown): void {
    this.#controller.abort(reason);
    this.answer(undefined);
  }

  /** Where notifications go now: the exchange that is open. */
  attach(sink: ((message: JsonRpcNotification) => void) | undefined): void {
    this.#sink = sink;
  }

  notify(message: JsonRpcNotification): void {
    this.#sink?.(message);
  }

  ask(message: JsonRpcRequest): Promise<JsonRpcResponse> {
    if (this.#open.size >= MAX_PENDING_ASKS) return Promise.resolve(refusal(message.id, 'Too many questions.'));
    return new Promise((resolve) => {
      const key = `q${this.#next++}`;
      const timer = setTimeout(() => {
        this.#open.delete(key);
        resolve(refusal(message.id, 'The client did not answer in time.'));
      }, ASK_TIMEOUT_MS);
      timer.unref();
      this.#open.set(key, {
        key,
        message,
        resolve: (response) => {
          clearTimeout(timer);
          resolve(response);
        },
      });
      this.#asked?.();
    });
  }

  start(run: Promise<Denial | undefined>): void {
    this.#run = run;
  }

  /** Waits for the end of the call or for questions, whichever comes first. */
  async turn(): Promise<Turn> {
    const run = this.#run;
    if (!run) throw new Error('the call was not started');
    const asked = new Promise<'asked'>((resolve) => {
      if (this.#open.size > 0) resolve('asked');
      else this.#asked = () => resolve('asked');
    });
    const first = await Promise.race([run.then((ended) => ({ ended })), asked]);
    this.#asked = undefined;
    if (first !== 'asked') return first;
    // Questions that come together are asked together.
    await new Promise((resolve) => setImmediate(resolve));
    return {
      questions: Object.fromEntries(
        [...this.#open.values()].map(({ key, message }) => [
          key,
          { method: message.method, ...(message.params && { params: message.params }) },
        ]),
      ) as JsonObject,
    };
  }

  /** The client's answers; a question it left out counts as declined. */
  answer(responses: Json | undefined): void {
    const given = isJsonObject(responses) ? responses : {};
    for (const question of [...this.#open.values()]) {
      this.#open.delete(question.key);
      const result = given[question.key];
      question.resolve(
        isJsonObject(result)
          ? { jsonrpc: '2.0', id: question.message.id, result }
          : {
              jsonrpc: '2.0',
              id: question.message.id,
              error: { code: WIRE.invalidRequest, message: 'The client declined.' },
            },
      );
    }
  }

  end(): void {
    this.answer(undefined);
  }
}

/** Held calls by the id in their state, and the subscriptions that are open. */
export class HeldCalls {
  readonly #held = new Map<string, HeldCall>();
  readonly #listening = new Set<HeldCall>();

  /** A subscription, which a stop of the gateway ends instead of waiting for it. @returns how to forget it */
  listen(held: HeldCall): () => void {
    this.#listening.add(held);
    return () => this.#listening.delete(held);
  }

  /** False where too many wait. */
  put(id: string, held: HeldCall): boolean {
    if (this.#held.size >= MAX_HELD_CALLS) return false;
    this.#held.set(id, held);
    setTimeout(() => this.#held.delete(id), ASK_TIMEOUT_MS).unref();
    return true;
  }

  take(id: string): HeldCall | undefined {
    const held = this.#held.get(id);
    this.#held.delete(id);
    return held;
  }

  closeAll(): void {
    for (const held of this.#held.values()) held.end();
    this.#held.clear();
    const reason = new CodedError('SHUTTING_DOWN', 'the gateway is shutting down', { retryAfter: 5 });
    for (const held of this.#listening) held.cancel(reason);
  }
}
