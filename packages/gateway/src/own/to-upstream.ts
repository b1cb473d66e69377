import type { Call } from '../pipeline/call.ts';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/message.ts';
import type { UpstreamCall } from '../upstream/port.ts';

/** A request of ours on behalf of a call. */
export function toUpstream(
  call: Call,
  message: JsonRpcRequest,
  notify: (message: JsonRpcNotification) => void = (notification) => call.reply.notify(notification),
): UpstreamCall {
  return {
    message,
    client: {
      era: call.era,
      revision: call.revision,
      capabilities: call.session.capabilities,
      ...(call.session.info && { info: call.session.info }),
    },
    signal: call.reply.signal,
    notify,
    ask: (question) => call.reply.ask(question),
  };
}
