import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';

/** `_meta` members that only the gateway writes. */
const OURS = 'wardmesh/';

/** Members by which clients know an error of the gateway (XR-ERR-1). */
const CODED = ['code', 'correlationId', 'hint', 'retryAfter', 'receipt', 'approvalId'];

/** A server's result or notification without what it says in the gateway's name. The same object where it says nothing. */
export function withoutOwnMeta(value: JsonObject): JsonObject {
  const { _meta: meta } = value;
  if (!isJsonObject(meta) || !Object.keys(meta).some((name) => name.startsWith(OURS))) return value;
  const kept = Object.fromEntries(Object.entries(meta).filter(([name]) => !name.startsWith(OURS)));
  return { ...value, _meta: kept };
}

/** A server's error data; where it is worded like the gateway's it goes one level down, under `upstream`. */
export function asUpstreamData(data: Json): Json {
  return isJsonObject(data) && CODED.some((name) => Object.hasOwn(data, name)) ? { upstream: data } : data;
}
