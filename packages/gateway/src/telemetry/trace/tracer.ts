import { type Clock, type Random, toHex } from '@wardmesh/core';
import type { Call } from '../../pipeline/call.ts';
import { contextOf } from './carry.ts';
import type { Span } from './span.ts';
import type { TraceContext } from './trace-context.ts';

export interface TracerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Share of the calls that are recorded where the client does not say, 0 to 1. */
  readonly sample: number;
  readonly sink: { add(span: Span): void };
}

/** Of a call that has ended. */
export interface CallEnd {
  /** Configured id of the server, or `gateway`. */
  readonly server: string;
  readonly status: string;
  readonly code: string | undefined;
}

/**
 * Gives each call a span of its own (W3C Trace Context): child of the one the client names, or the first of a new trace.
 * Whether it is recorded, the client's flag says, else the share that was configured.
 */
export class Tracer {
  readonly #options: TracerOptions;
  readonly #spans = new WeakMap<Call, { readonly own: TraceContext; readonly parent: string | undefined }>();

  constructor(options: TracerOptions) {
    this.#options = options;
  }

  /** The call's own span, which its server is told as the parent. */
  contextOf(call: Call): TraceContext {
    return this.#spanOf(call).own;
  }

  /** Records the span of a call that has ended. Never throws. */
  end(call: Call, end: CallEnd): void {
    const { own, parent } = this.#spanOf(call);
    if (!own.sampled) return;
    const { clock, sink } = this.#options;
    const endedAt = clock.now();
    const tool = call.target?.kind === 'tool' && end.server !== 'unknown' ? call.target.tool?.name : undefined;
    const method = call.request?.method;
    sink.add({
      traceId: own.traceId,
      spanId: own.spanId,
      parentSpanId: parent,
      traceState: own.state,
      name: [method ?? 'refused', tool].filter((part) => part !== undefined).join(' '),
      startedAt: endedAt - (clock.monotonic() - call.startedAt),
      endedAt,
      // A denial is what was wanted; an error is not.
      failed: end.status === 'error' || end.status === 'unknown',
      // No session id, token, argument or result: nothing here is a secret, or of the payload.
      attributes: {
        'mcp.method.name': method,
        'mcp.protocol.version': call.revision,
        'gen_ai.tool.name': tool,
        'wardmesh.server': end.server,
        'wardmesh.status': end.status,
        'error.type': end.code,
        'wardmesh.request_id': call.correlationId,
        'wardmesh.receipt': call.receipt,
      },
    });
  }

  #spanOf(call: Call) {
    const known = this.#spans.get(call);
    if (known !== undefined) return known;
    const parent = contextOf(call.request, call.inbound.headers);
    const { random, sample } = this.#options;
    const span = {
      own: {
        traceId: parent?.traceId ?? idOf(random, 16),
        spanId: idOf(random, 8),
        sampled: parent?.sampled ?? isChosen(random, sample),
        state: parent?.state,
      },
      parent: parent?.spanId,
    };
    this.#spans.set(call, span);
    return span;
  }
}

/** Random, and not all zero (§2.2.3). */
function idOf(random: Random, length: number): string {
  const id = toHex(random.bytes(length));
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id;
}

function isChosen(random: Random, share: number): boolean {
  if (share >= 1 || share <= 0) return share >= 1;
  return new DataView(random.bytes(4).slice().buffer).getUint32(0) / 2 ** 32 < share;
}
