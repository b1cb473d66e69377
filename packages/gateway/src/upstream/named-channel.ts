import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { withoutOwnMeta } from '../protocol/own-words.ts';
import type { Channel, UpstreamCall } from './port.ts';
import { deriveCall } from './rpc/derive-call.ts';

/** `_meta` key of a call that tells a server of the signer which agent asks (pinned). */
export const META_AGENT = 'wardmesh/agent';

/**
 * A channel on which nobody but the gateway writes `wardmesh/…` members of `_meta`: what clients put there is taken out,
 * whatever the server. Where `agent` is given, each tool call carries it, so that no client can ask in another's name.
 */
export function namedChannel(channel: Channel, agent: string | undefined): Channel {
  return {
    get facts() {
      return channel.facts;
    },
    request: (call) => channel.request(inOurWords(call, agent)),
    notify: (message) =>
      channel.notify(message.params === undefined ? message : { ...message, params: withoutOwnMeta(message.params) }),
    close: () => channel.close(),
  };
}

function inOurWords(call: UpstreamCall, agent: string | undefined): UpstreamCall {
  const { message } = call;
  const given = message.params;
  const params = given && withoutOwnMeta(given);
  if (agent !== undefined && message.method === 'tools/call') {
    return withParams(call, withAgent(params ?? {}, agent));
  }
  if (params === undefined || params === given) return call;
  return withParams(call, params);
}

function withParams(call: UpstreamCall, params: JsonObject): UpstreamCall {
  return deriveCall(call, {
    message: { ...call.message, params },
    streaming: () => call.streaming?.(),
    interrupted: () => call.interrupted?.(),
  });
}

function withAgent(params: JsonObject, agent: string): JsonObject {
  const meta: JsonObject = isJsonObject(params._meta) ? params._meta : {};
  return { ...params, _meta: { ...meta, [META_AGENT]: agent } };
}
