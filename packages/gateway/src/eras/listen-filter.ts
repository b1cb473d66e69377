import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { JsonRpcNotification, RequestId } from '../protocol/message.ts';
import { MAX_SUBSCRIPTIONS } from '../upstream/limits.ts';

export const META_SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/** `notifications` of `subscriptions/listen` (2026-07-28 §subscriptions). */
export interface ListenFilter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

/** The part of a requested filter that a server with these capabilities can serve; undefined where it is malformed. */
export function honouredFilter(requested: unknown, capabilities: JsonObject): ListenFilter | undefined {
  if (!isJsonObject(requested)) return undefined;
  const uris = requested.resourceSubscriptions;
  if (
    uris !== undefined &&
    !(Array.isArray(uris) && uris.length <= MAX_SUBSCRIPTIONS && uris.every((uri) => typeof uri === 'string'))
  ) {
    return undefined;
  }
  const has = (feature: string, member: string) => {
    const declared = capabilities[feature];
    return isJsonObject(declared) && declared[member] === true;
  };
  return {
    ...(requested.toolsListChanged === true && has('tools', 'listChanged') && { toolsListChanged: true as const }),
    ...(requested.promptsListChanged === true &&
      has('prompts', 'listChanged') && { promptsListChanged: true as const }),
    ...(requested.resourcesListChanged === true &&
      has('resources', 'listChanged') && { resourcesListChanged: true as const }),
    ...(uris !== undefined &&
      uris.length > 0 &&
      has('resources', 'subscribe') && { resourceSubscriptions: uris as string[] }),
  };
}

export function accepts(filter: ListenFilter, message: JsonRpcNotification): boolean {
  switch (message.method) {
    case 'notifications/tools/list_changed':
      return filter.toolsListChanged === true;
    case 'notifications/prompts/list_changed':
      return filter.promptsListChanged === true;
    case 'notifications/resources/list_changed':
      return filter.resourcesListChanged === true;
    case 'notifications/resources/updated':
      return filter.resourceSubscriptions?.includes(String(message.params?.uri)) ?? false;
    default:
      return false;
  }
}

/** The notification as a subscription stream carries it. */
export function stamped(message: JsonRpcNotification, subscription: RequestId): JsonRpcNotification {
  const own = isJsonObject(message.params?._meta) ? message.params._meta : {};
  return { ...message, params: { ...message.params, _meta: { ...own, [META_SUBSCRIPTION_ID]: subscription } } };
}

/** The notification as a session carries it. */
export function unstamped(message: JsonRpcNotification): JsonRpcNotification {
  const { params } = message;
  if (!isJsonObject(params?._meta)) return message;
  const { [META_SUBSCRIPTION_ID]: _id, ...own } = params._meta;
  const { _meta, ...rest } = params;
  const kept: JsonObject = Object.keys(own).length > 0 ? { ...rest, _meta: own } : rest;
  return { jsonrpc: '2.0', method: message.method, ...(Object.keys(kept).length > 0 && { params: kept }) };
}
