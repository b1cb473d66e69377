import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { isFailure, type JsonRpcError, WIRE } from '../protocol/message.ts';
import { missingCapability } from '../upstream/asks.ts';
import { MAX_INPUT_REQUESTS } from '../upstream/limits.ts';
import type { UpstreamCall } from '../upstream/port.ts';
import { untilAborted } from './refusal.ts';

export interface UrlElicitation {
  readonly message: string;
  readonly url: string;
}

/** The pages a person must visit first, from the error -32042 of 2025-11-25; none where it is another error. */
export function urlElicitations(error: JsonRpcError): readonly UrlElicitation[] {
  if (error.code !== WIRE.urlElicitationRequired || !isJsonObject(error.data)) return [];
  const { elicitations } = error.data;
  if (!Array.isArray(elicitations) || elicitations.length > MAX_INPUT_REQUESTS) return [];
  const found = (elicitations as readonly Json[]).flatMap((one) =>
    isJsonObject(one) && typeof one.url === 'string' && typeof one.message === 'string'
      ? [{ url: one.url, message: one.message }]
      : [],
  );
  return found.length === elicitations.length ? found : [];
}

/** Asks a stateless client to have its person visit them. @returns whether all were accepted */
export async function askUrls(
  urls: readonly UrlElicitation[],
  call: UpstreamCall,
  capabilities: JsonObject,
  mintId: () => string,
): Promise<boolean> {
  for (const { message, url } of urls) {
    const params = { mode: 'url', message, url };
    if (missingCapability('elicitation/create', params, capabilities) !== undefined) return false;
    const asked = call.ask({ jsonrpc: '2.0', id: mintId(), method: 'elicitation/create', params });
    const answer = await untilAborted(asked, call.signal);
    if (isFailure(answer) || answer.result.action !== 'accept') return false;
  }
  return true;
}
