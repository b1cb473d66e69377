import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { META_SERVER_INFO } from '../upstream/handshake.ts';

/** Methods whose results carry cache hints in 2026-07-28 (SEP-2549). */
const CACHEABLE: readonly string[] = [
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
];

/** Methods whose results may be `input_required` (SEP-2322). */
const MULTI_ROUND: readonly string[] = ['tools/call', 'prompts/get', 'resources/read'];

export function isMultiRound(method: string): boolean {
  return MULTI_ROUND.includes(method);
}

/** Whether a stateless result asks for input before it can be complete. */
export function isInputRequired(result: JsonObject): boolean {
  return result.resultType === 'input_required';
}

/** A session server's result for a stateless client. Nothing may be cached: policy may differ by caller. */
export function toStatelessResult(method: string, result: JsonObject, serverInfo: JsonObject): JsonObject {
  const own = isJsonObject(result._meta) ? result._meta : {};
  return {
    ...(method === 'tools/list' ? { ...result, tools: withoutEach(result.tools, 'execution') } : result),
    resultType: 'complete',
    ...(CACHEABLE.includes(method) && { ttlMs: 0, cacheScope: 'private' }),
    _meta: { ...own, [META_SERVER_INFO]: serverInfo },
  };
}

/** A stateless server's complete result for a session client. */
export function toSessionResult(method: string, result: JsonObject): JsonObject {
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta, ...rest } = result;
  const meta = isJsonObject(_meta) ? withoutName(_meta, META_SERVER_INFO) : {};
  const kept: JsonObject = Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
  if (method === 'tools/list') return { ...kept, tools: mapEach(kept.tools, withObjectOutput) };
  // Structured content was an object until 2025-11-25; anything else is in the text content too.
  if (method === 'tools/call' && kept.structuredContent !== undefined && !isJsonObject(kept.structuredContent)) {
    return withoutName(kept, 'structuredContent');
  }
  return kept;
}

/** A tool whose output schema a session client can hold: object roots only (SEP-2106 widened it). */
function withObjectOutput(tool: JsonObject): JsonObject {
  const schema = tool.outputSchema;
  return schema === undefined || (isJsonObject(schema) && schema.type === 'object')
    ? tool
    : withoutName(tool, 'outputSchema');
}

export function withoutName(object: JsonObject, name: string): JsonObject {
  if (!Object.hasOwn(object, name)) return object;
  const { [name]: _gone, ...rest } = object;
  return rest;
}

/** Each object of a list without some members; what is no list stays as it is. */
export function withoutEach(list: Json | undefined, ...names: readonly string[]): Json {
  return mapEach(list, (one) => names.reduce(withoutName, one));
}

function mapEach(list: Json | undefined, change: (one: JsonObject) => JsonObject): Json {
  if (!Array.isArray(list)) return list ?? [];
  return list.map((one: Json) => (isJsonObject(one) ? change(one) : one));
}
