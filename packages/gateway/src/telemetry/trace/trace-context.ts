import { MAX_TRACESTATE, MAX_TRACESTATE_MEMBERS } from '../limits.ts';

/** A place in a trace (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** Of the span that is the parent of what comes next: 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** Whether somebody before us records this trace. */
  readonly sampled: boolean;
  /** What vendors said of it, handed on unchanged. */
  readonly state: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * The context that `traceparent` and `tracestate` name; undefined where the first is malformed (§2.2.2, §3.2.2), which
 * then counts as if neither had come. A `tracestate` that is malformed is left out alone (§3.3.1).
 */
export function parseTraceContext(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  // Longer than any version could need: not worth the look.
  if (typeof traceparent !== 'string' || traceparent.length > 256) return undefined;
  const match = TRACEPARENT.exec(traceparent);
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, state: parseTraceState(tracestate) };
}

/** As version 00, whatever version came: what is unknown of a later one is not ours to repeat (§4.3). */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

function parseTraceState(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_TRACESTATE) return undefined;
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > MAX_TRACESTATE_MEMBERS) return undefined;
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  return keys.size === members.length && members.every((member) => MEMBER.test(member)) ? members.join(',') : undefined;
}
