import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { withEnvelope } from '../eras/envelope.ts';
import { META_PROTOCOL_VERSION } from '../protocol/revision.ts';
import type { UpstreamCall } from './port.ts';
import { deriveCall } from './rpc/derive-call.ts';

/**
 * A stateless-era call with the `_meta` that the era demands. A client's request always has its own and stays as it is;
 * what the gateway itself asks (the lists behind pins) is sent in the name of the attached client.
 */
export function completeEnvelope(call: UpstreamCall, info: JsonObject): UpstreamCall {
  const { message, client } = call;
  const meta = message.params?._meta;
  if (isJsonObject(meta) && meta[META_PROTOCOL_VERSION] !== undefined) return call;
  const envelope = { capabilities: client.capabilities, info: client.info ?? info, logLevel: undefined };
  return deriveCall(call, { message: { ...message, params: withEnvelope(message.params, envelope) } });
}
