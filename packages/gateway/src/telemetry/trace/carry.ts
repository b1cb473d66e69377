import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { Inbound } from '../../pipeline/call.ts';
import type { JsonRpcRequest } from '../../protocol/message.ts';
import { formatTraceparent, parseTraceContext, type TraceContext } from './trace-context.ts';

/**
 * The context a client sent: in the message's `_meta`, as MCP has it, or in the headers of HTTP. The message speaks of
 * this request alone; headers may be those of a proxy.
 */
export function contextOf(request: JsonRpcRequest | undefined, headers: Inbound['headers']): TraceContext | undefined {
  const meta = request?.params?._meta;
  const own = isJsonObject(meta) ? parseTraceContext(meta.traceparent, meta.tracestate) : undefined;
  return own ?? parseTraceContext(headers.traceparent, headers.tracestate);
}

/** The request with a context in its `_meta`; the same request where it says so already. */
export function withContext(request: JsonRpcRequest, context: TraceContext): JsonRpcRequest {
  const params: JsonObject = request.params ?? {};
  const meta: JsonObject = isJsonObject(params._meta) ? params._meta : {};
  const traceparent = formatTraceparent(context);
  if (meta.traceparent === traceparent && meta.tracestate === context.state) return request;
  const { traceparent: _parent, tracestate: _state, ...rest } = meta;
  const carried = { ...rest, traceparent, ...(context.state !== undefined && { tracestate: context.state }) };
  return { ...request, params: { ...params, _meta: carried } };
}
