import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { type JsonRpcError, type JsonRpcNotification, type JsonRpcRequest, WIRE } from '../protocol/message.ts';
import { withoutEach, withoutName } from './results.ts';

/** What 2025-11-25 added and 2025-06-18 does not know is removed or refused, never passed blindly. Pure functions. */

/** A list member's fields that came with 2025-11-25 (SEP-973 icons; task support of tools). */
const LISTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'tools/list': ['tools', 'icons', 'execution'],
  'prompts/list': ['prompts', 'icons'],
  'resources/list': ['resources', 'icons'],
  'resources/templates/list': ['resourceTemplates', 'icons'],
};

/** A 2025-11-25 result for a 2025-06-18 client. */
export function olderResult(method: string, result: JsonObject): JsonObject {
  const list = Object.hasOwn(LISTS, method) ? LISTS[method] : undefined;
  if (list === undefined) return result;
  const [member, ...names] = list;
  return { ...result, [member]: withoutEach(result[member], ...names) };
}

/** A 2025-11-25 error for a 2025-06-18 client, which cannot be sent to a URL. */
export function olderError(error: JsonRpcError): JsonRpcError {
  return error.code === WIRE.urlElicitationRequired ? { code: WIRE.internal, message: error.message } : error;
}

/** A 2025-11-25 notification for a 2025-06-18 client; undefined where that revision has none such. */
export function olderNotification(message: JsonRpcNotification): JsonRpcNotification | undefined {
  return message.method === 'notifications/elicitation/complete' || message.method === 'notifications/tasks/status'
    ? undefined
    : message;
}

/** A 2025-11-25 question for a 2025-06-18 client; undefined where it must be refused. */
export function olderQuestion(message: JsonRpcRequest): JsonRpcRequest | undefined {
  const { method, params } = message;
  if (method.startsWith('tasks/')) return undefined;
  if (method === 'elicitation/create') {
    if (params?.mode === 'url' || params?.task !== undefined) return undefined;
    return params === undefined ? message : { ...message, params: withoutName(params, 'mode') };
  }
  if (method === 'sampling/createMessage') {
    const isNewer = params?.tools !== undefined || params?.toolChoice !== undefined || params?.task !== undefined;
    return isNewer ? undefined : message;
  }
  return message;
}

/** Whether a request can be made at a server of the older revision, or why not. */
export function olderRequestFault({ method, params }: JsonRpcRequest): 'method' | 'params' | undefined {
  if (method.startsWith('tasks/')) return 'method';
  return params?.task === undefined ? undefined : 'params';
}

/** Server information without icons. */
export function olderInfo(info: JsonObject): JsonObject {
  return ['icons', 'description', 'websiteUrl'].reduce(withoutName, info);
}

export function withoutTasks(capabilities: JsonObject): JsonObject {
  return isJsonObject(capabilities.tasks) ? withoutName(capabilities, 'tasks') : capabilities;
}
