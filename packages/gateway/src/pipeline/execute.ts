import { CodedError } from '@wardmesh/core';
import type { JsonRpcRequest } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import { contextOf, withContext } from '../telemetry/trace/carry.ts';
import { type Call, LAYERS, type Layer, type LayerOutcome } from './call.ts';

/** Answers what the gateway itself answers: handshakes, lists, subscriptions, levels. */
export type OwnMethods = (call: Call) => Promise<LayerOutcome>;

const REQUIRED = LAYERS.slice(0, LAYERS.indexOf('execute'));

/**
 * Layer 10. Sends the call to the server, within its time limit; at the limit the work itself is stopped (XR-EXEC-1).
 * Refuses a call that did not pass every layer before this one, so that a way around the pipeline leads nowhere (XR-TOOL-2).
 */
export function executeLayer(services: Services, own: OwnMethods, answered: (call: Call) => void = () => {}): Layer {
  return {
    name: 'execute',
    run(call) {
      if (call.passed.length !== REQUIRED.length || call.passed.some((name, i) => name !== REQUIRED[i])) {
        throw new Error(`a call reached execute through ${call.passed.join()}`);
      }
      if (call.attached === undefined || call.target.kind === 'gateway') return own(call);
      return forward(call, services, call.attached).then((outcome) => {
        if (!outcome) answered(call);
        return outcome;
      });
    },
  };
}

async function forward(call: Call, services: Services, attached: NonNullable<Call['attached']>): Promise<LayerOutcome> {
  const { signal } = call.reply;
  const limit = new AbortController();
  const timeoutMs = timeLimit(call, services);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          limit.abort(new CodedError('TIMEOUT', 'the time limit was reached', { details: { timeoutMs } }));
        }, timeoutMs);
  const stop = () => limit.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    const message = traced(call, services);
    const reply = await attached.request({
      message,
      ...(call.original && message === call.request && { original: call.original }),
      ...(call.era === 'stateless' && { headers: paramHeaders(call) }),
      client: {
        era: call.era,
        revision: call.revision,
        capabilities: call.session.capabilities,
        ...(call.session.info && { info: call.session.info }),
      },
      signal: limit.signal,
      notify: (message) => call.reply.notify(message),
      ask: (message) => call.reply.ask(message),
      streaming: () => call.reply.streaming?.(),
      interrupted: () => call.reply.interrupted?.(),
    });
    call.response = reply.message;
    return undefined;
  } catch (error) {
    // Whatever the channel threw: the reason is what the abort says.
    if (limit.signal.aborted && limit.signal.reason instanceof CodedError) throw limit.signal.reason;
    if (limit.signal.aborted) throw new CodedError('CANCELLED', 'the request was cancelled');
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** The request with the trace it is part of: under the call's own span where calls are recorded, else as it came. */
function traced(call: Call, services: Services): JsonRpcRequest {
  const tracer = services.tracer?.();
  const context = tracer?.contextOf(call) ?? contextOf(call.request, call.inbound.headers);
  return context === undefined ? call.request : withContext(call.request, context);
}

/** Subscriptions stay open; everything else is limited. */
function timeLimit(call: Call, services: Services): number | undefined {
  if (call.request.method === 'subscriptions/listen') return undefined;
  return call.target.kind === 'tool' ? call.target.tool.timeoutMs : services.config().limits.timeout;
}

function paramHeaders(call: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.inbound.headers)) {
    if (name.startsWith('mcp-param-') && typeof value === 'string') headers[name] = value;
  }
  return headers;
}
