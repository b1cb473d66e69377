import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Call, LayerOutcome } from '../pipeline/call.ts';
import { joinUri, splitUri } from '../pipeline/names.ts';
import type { JsonRpcNotification } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import { attachAll } from './attach-all.ts';
import { toUpstream } from './to-upstream.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/**
 * `subscriptions/listen` over all servers (2026-07-28): one stream, resource URIs qualified, one acknowledgement that
 * says what was agreed to. Open until the client closes it or every server ended its part.
 */
export async function listenAll(call: Call, services: Services): Promise<LayerOutcome> {
  const params = call.request.params ?? {};
  const wanted: JsonObject = isJsonObject(params.notifications) ? params.notifications : {};
  const uris = Array.isArray(wanted.resourceSubscriptions) ? wanted.resourceSubscriptions.map(String) : [];
  const attached = await attachAll(call, services);
  call.reply.notify({
    jsonrpc: '2.0',
    method: ACKNOWLEDGED,
    params: { notifications: wanted, _meta: { [SUBSCRIPTION_ID]: call.request.id } },
  });
  const streams = attached.map((server) => {
    const own = uris.flatMap((uri) => {
      const split = splitUri(uri);
      return split?.server === server.server ? [split.uri] : [];
    });
    const message = {
      ...call.request,
      params: { ...params, notifications: { ...wanted, resourceSubscriptions: own } as Json },
    };
    return server.request(
      toUpstream(call, message, (notification) => {
        if (notification.method !== ACKNOWLEDGED) call.reply.notify(qualify(server.server, notification, call));
      }),
    );
  });
  await Promise.allSettled(streams);
  call.response = {
    jsonrpc: '2.0',
    id: call.request.id,
    result: { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: call.request.id } },
  };
  return undefined;
}

function qualify(server: string, message: JsonRpcNotification, call: Call): JsonRpcNotification {
  const params = message.params ?? {};
  const uri = typeof params.uri === 'string' ? { uri: joinUri(server, params.uri) } : {};
  const meta = isJsonObject(params._meta) ? params._meta : {};
  return { ...message, params: { ...params, ...uri, _meta: { ...meta, [SUBSCRIPTION_ID]: call.request.id } } };
}
