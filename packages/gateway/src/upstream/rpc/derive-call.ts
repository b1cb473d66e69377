import type { UpstreamCall } from '../port.ts';

/** A call with some parts replaced. Its bytes go with its message: a changed message has none. */
export function deriveCall(call: UpstreamCall, changes: Partial<UpstreamCall>): UpstreamCall {
  return {
    message: call.message,
    ...(call.original !== undefined && changes.message === undefined && { original: call.original }),
    ...(call.headers !== undefined && { headers: call.headers }),
    client: call.client,
    signal: call.signal,
    // Calls may be instances: their methods are called, not copied.
    notify: (message) => call.notify(message),
    ask: (message) => call.ask(message),
    ...changes,
  };
}
