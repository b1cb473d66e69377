import { hash } from 'node:crypto';
import { canonicalize, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { parseMessage, screenError, screenResult } from '@wardmesh/guard';
import { type Denial, deny } from '../protocol/errors.ts';
import { isFailure, isResultResponse, type JsonRpcError, type JsonRpcResult } from '../protocol/message.ts';
import { asUpstreamData, withoutOwnMeta } from '../protocol/own-words.ts';
import type { Services } from '../services.ts';
import type { Call, Layer } from './call.ts';
import { filterList } from './lists.ts';
import { qualifyUris } from './qualify.ts';
import { nameAsker, whyNotAsk } from './questions.ts';
import { saysSomething } from './says.ts';
import { transactionOf } from './transaction.ts';
import { isWellFormed, toWellFormed } from './well-formed.ts';

/**
 * Layer 11. What the server answered: held to the schema of the revision and to the tool's pinned output schema, lists cut
 * to what the principal may see, instruction-like text neutralised, labels noted (XR-OUT-1, CM-CONN-2, WM-IFC-1).
 */
export function screenLayer(services: Services): Layer {
  return {
    name: 'screen',
    run(call) {
      const { response } = call;
      if (response === undefined) return deny('UPSTREAM_FAILED', { detail: 'no answer' });
      if (isFailure(response)) return screenFailure(call, services);
      if (!isResultResponse(response)) return deny('RESULT_INVALID', { detail: 'neither result nor error' });
      try {
        return screenSuccess(call, services, response);
      } catch (error) {
        // Half a character (a text cut in the middle of an emoji) has no hash; everything else stays a fault.
        if (isWellFormed(response.result)) throw error;
        const result = toWellFormed(response.result) as JsonObject;
        const repaired = { ...response, result };
        call.response = repaired;
        return screenSuccess(call, services, repaired);
      }
    },
  };
}

/** A server's own error goes to the client with its code; its text is read by models too, so it is labelled as well. */
function screenFailure(call: Call, services: Services): undefined {
  const response = call.response;
  if (response === undefined || !isFailure(response)) return undefined;
  const screened = screenError(response.error as unknown as JsonObject);
  if (screened.changed) {
    call.originalHash = screened.originalHash;
    call.findings = [...new Set(screened.findings.map((finding) => finding.pattern))];
  }
  const { data } = screened.result;
  const error = data === undefined ? screened.result : { ...screened.result, data: asUpstreamData(data) };
  call.response = { ...response, error: error as unknown as JsonRpcError };
  call.labelsOut = sourceLabels(call, services);
  services.labels.add(call.session, call.labelsOut);
  call.resultHash = hashOf(error);
  return undefined;
}

function screenSuccess(call: Call, services: Services, response: JsonRpcResult): Denial | undefined {
  const fromServer = call.attached !== undefined && call.target.kind !== 'gateway';
  if (fromServer) {
    const held = parseMessage(response as unknown as Json, {
      revision: call.revision,
      from: 'server',
      pendingMethod: call.request.method,
      unexpected: services.config().guard.strictResults ? 'refuse' : 'forward',
    });
    if (!held.ok) {
      return deny('RESULT_INVALID', {
        detail: `${held.error.code} ${held.error.pointer ?? ''} ${held.error.keyword ?? ''}`,
      });
    }
  }
  let { result } = response;
  const tool = call.target.kind === 'tool' ? call.target.tool : undefined;
  // Only what works with the signer can know a transaction; any other server could put one into its receipts.
  if (tool?.signer === true) call.transaction = transactionOf(result);
  if (fromServer) result = withoutOwnMeta(result);
  const outputSchema = tool?.definition.outputSchema as JsonObject | undefined;
  const complete = result.resultType === undefined || result.resultType === 'complete';
  if (outputSchema !== undefined && complete && result.isError !== true) {
    if (result.structuredContent === undefined)
      return deny('RESULT_INVALID', { detail: 'structuredContent is missing' });
    const fit = services.schemas.checkOutput(outputSchema, result.structuredContent);
    if (!fit.ok) return deny('RESULT_INVALID', { detail: `${fit.error.code} ${fit.error.problems[0]?.pointer ?? ''}` });
  }
  if (fromServer && !complete) {
    const asked = screenQuestions(call, services, result);
    if ('code' in asked) return asked as Denial;
    result = asked as JsonObject;
  }
  result = filterList(call, services, result);
  const { guard } = services.config();
  if (guard.screen) {
    const screened = screenResult(result, {
      ...(guard.quoteAsData && tool && { quoteFrom: `${tool.server}.${tool.name}` }),
      ...(outputSchema && { outputHolds: (value: Json) => services.schemas.checkOutput(outputSchema, value).ok }),
    });
    if (screened.changed) {
      result = screened.result;
      call.originalHash = screened.originalHash;
      call.findings = [...new Set(screened.findings.map((finding) => finding.pattern))];
    }
  }
  call.labelsOut = labelsOf(call, services, result);
  services.labels.add(call.session, call.labelsOut);
  // What the hash covers is what the client gets, less the gateway's own `_meta` members.
  if (call.route.kind === 'aggregate' && fromServer) result = qualifyUris(call, result);
  if (isRecorded(call)) call.resultHash = hashOf(result);
  call.response = { ...response, result };
  return undefined;
}

/** The questions of a stateless server, held to the same rules as those of the session era. */
function screenQuestions(call: Call, services: Services, result: JsonObject): JsonObject | Denial {
  if (!isJsonObject(result.inputRequests)) return result;
  const server = call.attached?.server ?? '';
  const asked: [string, Json][] = [];
  for (const [key, entry] of Object.entries(result.inputRequests)) {
    const method = isJsonObject(entry) && typeof entry.method === 'string' ? entry.method : '';
    const params = isJsonObject(entry) && isJsonObject(entry.params) ? entry.params : undefined;
    const refused = whyNotAsk(services, call.session, server, method, params);
    if (refused !== undefined) return deny('RESULT_INVALID', { detail: `${method}: ${refused}`, hint: refused });
    asked.push([key, params ? { ...(entry as JsonObject), params: nameAsker(server, method, params) } : entry]);
  }
  return { ...result, inputRequests: Object.fromEntries(asked) };
}

function labelsOf(call: Call, services: Services, result: JsonObject): readonly string[] {
  return call.target.kind === 'server' && !saysSomething(call.request.method, result)
    ? []
    : sourceLabels(call, services);
}

/** The labels of what the call's target says. */
function sourceLabels(call: Call, services: Services): readonly string[] {
  switch (call.target.kind) {
    case 'tool':
      return call.target.tool.labels;
    case 'resource':
    case 'prompt':
    case 'server':
      return services.catalogue.server(call.target.server)?.settings.labels ?? ['untrusted'];
    default:
      return [];
  }
}

/** Whether a call leaves a receipt: what acts or reads; not handshakes, lists and pings. */
export function isRecorded(call: Call): boolean {
  const kind = call.target?.kind;
  return kind === 'tool' || (kind === 'resource' && call.request.method === 'resources/read') || kind === 'prompt';
}

function hashOf(value: Json): string {
  return `sha256:${hash('sha256', canonicalize(value))}`;
}
