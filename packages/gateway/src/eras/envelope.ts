import { isJsonObject, type JsonObject } from '@wardmesh/core';
import {
  LATEST_STATELESS,
  META_CLIENT_CAPABILITIES,
  META_CLIENT_INFO,
  META_LOG_LEVEL,
  META_PROTOCOL_VERSION,
} from '../protocol/revision.ts';

/** What a session client said once and a stateless server wants to hear with each request (2026-07-28 §basic). */
export interface Envelope {
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
  readonly logLevel: string | undefined;
}

/** Parameters with the stateless era's `_meta`; the client's own `_meta` (progress token, traceparent) stays. */
export function withEnvelope(params: JsonObject | undefined, envelope: Envelope): JsonObject {
  const own = isJsonObject(params?._meta) ? params._meta : {};
  return {
    ...params,
    _meta: {
      ...own,
      [META_PROTOCOL_VERSION]: LATEST_STATELESS,
      [META_CLIENT_CAPABILITIES]: envelope.capabilities,
      [META_CLIENT_INFO]: envelope.info,
      ...(envelope.logLevel !== undefined && { [META_LOG_LEVEL]: envelope.logLevel }),
    },
  };
}

/** Parameters without the stateless era's `_meta`; undefined where nothing is left. */
export function withoutEnvelope(params: JsonObject | undefined): JsonObject | undefined {
  if (!isJsonObject(params?._meta)) return params;
  const {
    [META_PROTOCOL_VERSION]: _version,
    [META_CLIENT_CAPABILITIES]: _capabilities,
    [META_CLIENT_INFO]: _info,
    [META_LOG_LEVEL]: _level,
    ...own
  } = params._meta;
  const { _meta, ...rest } = params;
  const kept = Object.keys(own).length > 0 ? { ...rest, _meta: own } : rest;
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** The log level a stateless request asks for; without one it gets no log messages. */
export function logLevelOf(params: JsonObject | undefined): string | undefined {
  const level = isJsonObject(params?._meta) ? params._meta[META_LOG_LEVEL] : undefined;
  return typeof level === 'string' ? level : undefined;
}
