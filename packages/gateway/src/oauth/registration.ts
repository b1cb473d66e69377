import type { ServerResponse } from 'node:http';
import { fromUtf8, isJsonObject, type JsonObject, parseStrictJson } from '@wardmesh/core';
import { normaliseClient } from './clients/metadata.ts';
import { answerError } from './json-answer.ts';
import { MAX_REGISTERED_CLIENTS } from './limits.ts';

/**
 * What a registration (RFC 7591) may say, cut to what is used; answers by itself where it is refused.
 * @param count clients that are registered now
 */
export async function admitRegistration(
  body: Uint8Array,
  response: ServerResponse,
  count: () => Promise<number>,
): Promise<JsonObject | undefined> {
  const metadata = parse(body);
  if (metadata === undefined) {
    answerError(response, 400, 'invalid_client_metadata', 'The body must be one JSON object.');
    return undefined;
  }
  const normal = normaliseClient(metadata);
  if (!normal.ok) {
    const error = normal.error.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    answerError(response, 400, error, normal.error);
    return undefined;
  }
  if ((await count()) >= MAX_REGISTERED_CLIENTS) {
    answerError(response, 503, 'temporarily_unavailable', 'Too many clients are registered; use a metadata document.');
    return undefined;
  }
  const { client_id: _, ...rest } = normal.value;
  return rest;
}

function parse(body: Uint8Array): JsonObject | undefined {
  try {
    const json = parseStrictJson(fromUtf8(body));
    return json.ok && isJsonObject(json.value) ? json.value : undefined;
  } catch {
    return undefined;
  }
}
