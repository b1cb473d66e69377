import { redactText } from '@wardmesh/core';
import { MAX_ATTRIBUTE } from '../limits.ts';

/** What happened in one call, for a collector. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly name: string;
  /** Unix ms, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
}

export interface Resource {
  readonly node: string;
  readonly version: string;
}

const SERVER = 2;
const OK = 1;
const ERROR = 2;

/** Spans as OTLP/HTTP in JSON has them (opentelemetry-proto 1.x, trace service): ids in hex, times in whole nanoseconds. */
export function toOtlp(spans: readonly Span[], { node, version }: Resource): object {
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributesOf({
            'service.name': 'wardmesh-gateway',
            'service.instance.id': node,
            'service.version': version,
          }),
        },
        scopeSpans: [{ scope: { name: '@wardmesh/gateway', version }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    ...(span.traceState !== undefined && { traceState: span.traceState }),
    name: textOf(span.name),
    kind: SERVER,
    startTimeUnixNano: nanoseconds(span.startedAt),
    endTimeUnixNano: nanoseconds(Math.max(span.endedAt, span.startedAt)),
    attributes: attributesOf(span.attributes),
    status: { code: span.failed ? ERROR : OK },
  };
}

function attributesOf(attributes: Span['attributes']): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const told = typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: textOf(value) };
    return [{ key, value: told }];
  });
}

/** Redacted before it is cut, like a line of the log: spans leave the house. */
function textOf(text: string): string {
  return redactText(text).slice(0, MAX_ATTRIBUTE);
}

/** Milliseconds to nanoseconds without the loss of a double. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.floor((milliseconds - whole) * 1e6)));
}
