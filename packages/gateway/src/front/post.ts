import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, uuid } from '@wardmesh/core';
import { Call, type ReplyPort, type Route } from '../pipeline/call.ts';
import { asResponse } from '../pipeline/envelope.ts';
import type { Pipeline } from '../pipeline/run.ts';
import { acceptsStream } from '../pipeline/transport.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import { discardRest } from './discard-rest.ts';
import { HeldCall, type HeldCalls } from './held-call.ts';
import { inboundOf } from './inbound.ts';
import {
  ASK_TIMEOUT_MS,
  MAX_CALL_NOTIFICATION_BYTES,
  MAX_NOTIFICATION_BYTES,
  MAX_STREAMS_PER_PRINCIPAL,
} from './limits.ts';
import { outcomeOf } from './outcome.ts';
import { readBody } from './read-body.ts';
import type { Relay } from './relay.ts';
import type { RequestStates } from './request-state.ts';
import { Responder } from './responder.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface PostDeps {
  readonly services: Services;
  readonly pipeline: Pipeline;
  readonly sessions: Sessions;
  readonly relay: Relay;
  readonly states: RequestStates;
  readonly held: HeldCalls;
  draining(): boolean;
}

/** One POST: a request, a notification, or the answer to a question. */
export async function handlePost(
  deps: PostDeps,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { services, pipeline } = deps;
  const read = await readBody(request, services.config().limits.requestBytes);
  if ('gone' in read) return;
  const inbound = inboundOf(request, read);
  const call = new Call(uuid(services.random), services.clock.monotonic(), inbound, route);
  const admitted = deps.draining() ? deny('SHUTTING_DOWN', { retryAfter: 5 }) : await pipeline.admit(call);
  if (admitted) {
    const denial = (await pipeline.refuse(call, admitted)) ?? admitted;
    const responder = new Responder(response, { streams: false });
    finish(responder, call, denial);
    // What is left of a body that was not read belongs to no request.
    if (inbound.bodyFault !== undefined) discardRest(request);
    return;
  }
  switch (call.parsed.kind) {
    case 'request':
      return call.era === 'stateless' ? stateless(deps, call, response) : inSession(deps, call, response);
    case 'notification':
      takeNotification(services, call);
      return new Responder(response, { streams: false }).finishEmpty(202);
    default: {
      const answer = asResponse(call.parsed);
      const known = answer !== undefined && (call.session as Session).asks.answer(answer);
      return new Responder(response, { streams: false }).finishEmpty(known ? 202 : 400);
    }
  }
}

/** A request of the session era: the exchange may be resumed, and a lost connection does not cancel. */
async function inSession(deps: PostDeps, call: Call, response: ServerResponse): Promise<void> {
  const session = call.session as Session;
  const { id, method } = call.request;
  const responder = new Responder(response, {
    streams: acceptsStream(call.inbound),
    resumable: { log: session.events, stream: call.correlationId, primed: session.revision === '2025-11-25' },
  });
  if (session.inFlight.has(id)) {
    return finish(responder, call, deny('MESSAGE_INVALID', { hint: 'This id is in flight already.' }));
  }
  const controller = new AbortController();
  session.inFlight.set(id, controller);
  call.reply = {
    ...replyPort(
      deps,
      call,
      controller.signal,
      (message) => responder.send(message),
      (message) => session.asks.ask(message, (question) => responder.send(question)),
    ),
    streaming: () => {
      if (acceptsStream(call.inbound)) responder.openStream();
    },
    interrupted: () => responder.interrupt(),
  };
  try {
    const denial = await deps.pipeline.run(call);
    if (method === 'initialize') {
      if (denial) await deps.sessions.end(session);
      else responder.setHeaders({ 'mcp-session-id': session.id });
    }
    // 2025-11-25 §Cancellation: no answer to a request that its sender cancelled.
    if (denial?.code === 'CANCELLED' && controller.signal.aborted && !responder.streaming)
      return responder.finishEmpty(202);
    finish(responder, call, denial);
  } finally {
    session.inFlight.delete(id);
  }
}

/** A stateless request: closing the connection cancels; questions become `input_required` and a retry. */
async function stateless(deps: PostDeps, call: Call, response: ServerResponse): Promise<void> {
  const responder = new Responder(response, { streams: acceptsStream(call.inbound) });
  const state = call.request.params?.requestState;
  if (deps.states.isOurs(state) && deps.held !== undefined) {
    const resumed = await resume(deps, call, state);
    if (resumed !== undefined) {
      if ('code' in resumed) return finish(responder, call, (await deps.pipeline.refuse(call, resumed)) ?? resumed);
      resumed.answer(call.request.params?.inputResponses);
      return exchange(deps, call, resumed, responder, response);
    }
  }
  const session = call.session as Session;
  const isListening = call.request.method === 'subscriptions/listen';
  if (isListening && deps.sessions.streamsOf(session.principal.id) >= MAX_STREAMS_PER_PRINCIPAL) {
    const denial = deny('TOO_MANY_CONCURRENT', { retryAfter: 5, detail: 'streams' });
    return finish(responder, call, (await deps.pipeline.refuse(call, denial)) ?? denial);
  }
  const controller = new AbortController();
  const held = new HeldCall(call, controller);
  call.reply = replyPort(
    deps,
    call,
    controller.signal,
    (message) => held.notify(message),
    (message) => held.ask(message),
  );
  const offEnd = session.onEnd(() => held.cancel(new CodedError('CANCELLED', 'the session is over')));
  const offListening = isListening ? deps.held.listen(held) : undefined;
  if (isListening) session.streams += 1;
  held.start(
    deps.pipeline.run(call).finally(() => {
      offEnd();
      offListening?.();
      if (isListening) session.streams -= 1;
    }),
  );
  return exchange(deps, call, held, responder, response);
}

/** Runs a call until it ends or its server asks, and tells the client of `current`'s exchange. */
async function exchange(
  deps: PostDeps,
  current: Call,
  held: HeldCall,
  responder: Responder,
  response: ServerResponse,
): Promise<void> {
  const gone = () => held.cancel(new CodedError('CANCELLED', 'the client closed the connection'));
  // The connection may have been closed while the call was admitted.
  if (response.closed) gone();
  else response.once('close', gone);
  held.attach((message) => responder.send(message));
  const turn = await held.turn();
  response.off('close', gone);
  held.attach(undefined);
  if ('ended' in turn) {
    held.call.requestId = current.requestId;
    return finish(responder, held.call, turn.ended);
  }
  const { services, states } = deps;
  const id = uuid(services.random);
  if (!deps.held.put(id, held)) {
    held.end();
    const { ended } = (await held.turn()) as { ended: Denial | undefined };
    return finish(responder, held.call, ended);
  }
  responder.finish(200, {
    jsonrpc: '2.0',
    id: current.request.id,
    result: {
      resultType: 'input_required',
      inputRequests: turn.questions,
      requestState: states.make(current, { kind: 'held', id }, services.clock.now() + ASK_TIMEOUT_MS),
    },
  });
}

/** The held call a retry belongs to; undefined where its state is of another kind (an approval's). */
async function resume(deps: PostDeps, call: Call, state: string): Promise<HeldCall | Denial | undefined> {
  if (deps.states.peekKind(state) !== 'held') return undefined;
  const facts = await deps.states.redeem(call, state);
  if ('code' in facts) return facts;
  return deps.held.take(facts.id) ?? deny('STATE_REFUSED', { detail: 'the held call is gone' });
}

function replyPort(
  deps: PostDeps,
  call: Call,
  signal: AbortSignal,
  send: (message: JsonRpcNotification) => void,
  ask: (message: JsonRpcRequest) => ReturnType<ReplyPort['ask']>,
): ReplyPort {
  const server = () => call.attached?.server;
  let budget = call.request.method === 'subscriptions/listen' ? Number.POSITIVE_INFINITY : MAX_CALL_NOTIFICATION_BYTES;
  return {
    signal,
    notify(message) {
      const bytes = JSON.stringify(message).length;
      if (bytes > MAX_NOTIFICATION_BYTES || bytes > budget) return;
      budget -= bytes;
      const from = server();
      const shown = from === undefined ? message : deps.relay.notification(call.session, from, message);
      if (shown) send(shown);
    },
    ask(message) {
      return deps.relay.question(call.session, server() ?? '', message, ask);
    },
  };
}

function takeNotification(services: Services, call: Call): void {
  const session = call.session as Session;
  const { parsed } = call;
  if (parsed.kind !== 'notification') return;
  if (parsed.method === 'notifications/cancelled') {
    const id = parsed.params.requestId;
    if (typeof id === 'string' || typeof id === 'number') {
      session.inFlight.get(id)?.abort(new CodedError('CANCELLED', 'the client cancelled'));
    }
    return;
  }
  // `initialized` is the channel's own; the rest (roots/list_changed, progress of answers) goes to the servers in use.
  if (parsed.method === 'notifications/initialized') return;
  // Those cost the servers work: they draw on the same bucket as requests, and what is over is dropped.
  if (!services.rates().consume(call.principal.id, 'standard', services.clock.now()).allowed) return;
  for (const attached of session.attached()) {
    attached.channel.notify({ jsonrpc: '2.0', method: parsed.method, params: parsed.params }).catch(() => {});
  }
}

function finish(responder: Responder, call: Call, denial: Denial | undefined): void {
  const outcome = outcomeOf(call, denial);
  responder.setHeaders(outcome.headers);
  responder.finish(outcome.status, outcome.message);
}
