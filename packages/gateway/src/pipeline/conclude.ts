import type { AuditEvent } from '@wardmesh/audit';
import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { AuditResult } from '@wardmesh/verify';
import { type ClientCode, type Denial, deny } from '../protocol/errors.ts';
import { isFailure, isResultResponse } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import { actorFields } from '../telemetry/actor.ts';
import type { Call } from './call.ts';
import { type Effect, receiptBody } from './receipt-body.ts';
import { isRecorded } from './screen.ts';
import type { SecurityEvents } from './security-events.ts';

/** `_meta` key of a result that names the call's receipt (pinned). */
export const META_RECEIPT = 'wardmesh/receipt';

/**
 * Layer 12. The outcome is durable before the reply leaves, linked to its intent; a read leaves this one entry. Denials of
 * calls are entries too; what is refused before anyone is known is noted, a bounded number of times.
 */
export function concludeLayer(services: Services, security: SecurityEvents) {
  return async (call: Call, denial: Denial | undefined): Promise<Denial | undefined> => {
    const recorded = call.request !== undefined && call.target !== undefined && isRecorded(call);
    const effect = effectOf(call, denial);
    let outcome = denial;
    if (recorded) {
      try {
        const entry = await services.audit.append(outcomeEvent(call, services, effect, denial));
        call.receipt = entry.id;
        if (denial) noteRefusal(call, services, denial, entry.toolName);
      } catch (error) {
        // The answer is withheld: an action without a record must not look like a success.
        outcome = deny('AUDIT_UNAVAILABLE', {
          cause: error,
          detail: 'outcome',
          ...(call.intent !== undefined && { hint: 'The effect may have happened; the intent stays open in the log.' }),
        });
      }
    } else if (denial) {
      security.note(call, denial);
    }
    if (outcome === undefined) attachReceipt(call);
    const seconds = (services.clock.monotonic() - call.startedAt) / 1000;
    tellMetrics(call, services, effect, outcome, seconds);
    return outcome;
  };
}

function tellMetrics(
  call: Call,
  services: Services,
  { status }: Effect,
  outcome: Denial | undefined,
  seconds: number,
): void {
  const server = serverOf(call, services);
  services.metrics.concluded(server, status, outcome?.code ?? '', seconds);
  if (call.transaction !== undefined) services.metrics.transaction(server, seconds);
  services.tracer?.()?.end(call, { server, status, code: outcome?.code });
  services.log.debug?.('call', {
    requestId: call.correlationId,
    ...actorFields(call.principal),
    method: call.request?.method,
    server,
    status,
    code: outcome?.code,
    milliseconds: Math.round(seconds * 1e6) / 1e3,
    receipt: call.receipt,
  });
}

/** A configured id: what a client calls a server makes no series. */
function serverOf({ target }: Call, { catalogue }: Services): string {
  if (target === undefined || target.kind === 'gateway') return 'gateway';
  return catalogue.server(target.server) === undefined ? 'unknown' : target.server;
}

/** The operator's line for a call that was stopped; the receipt has the rest. */
function noteRefusal(call: Call, services: Services, denial: Denial, tool: string): void {
  services.log.info('call.refused', {
    requestId: call.correlationId,
    ...actorFields(call.principal),
    tool,
    code: denial.code,
    detail: denial.detail,
    receipt: call.receipt,
  });
}

function effectOf(call: Call, denial: Denial | undefined): Effect {
  const known = {
    ...(call.resultHash !== undefined && { resultHash: call.resultHash as `sha256:${string}` }),
    ...(call.originalHash !== undefined && { originalHash: call.originalHash as `sha256:${string}` }),
    ...(call.findings.length > 0 && { findings: call.findings }),
    ...(call.transaction !== undefined && { tx: call.transaction }),
  };
  if (denial) return { status: reachedServer(call) ? effectAfter(denial.code) : 'denied', ...known };
  const response = call.response;
  const failed =
    response === undefined || isFailure(response) || (isResultResponse(response) && response.result.isError === true);
  return { status: failed ? 'error' : 'ok', ...known };
}

/** Whether the call was on its way to the server when it was stopped: then something may have happened. */
function reachedServer(call: Call): boolean {
  return call.passed.includes('intend') && call.attached !== undefined;
}

const NOTHING_HAPPENED: ReadonlySet<ClientCode> = new Set(['UPSTREAM_UNAVAILABLE']);

function effectAfter(code: ClientCode): Effect['status'] {
  if (NOTHING_HAPPENED.has(code)) return 'error';
  // The server answered, and the answer was refused: it did its work. Else nobody knows how far it came.
  return code === 'RESULT_INVALID' ? 'error' : 'unknown';
}

const RESULTS: Readonly<Record<Effect['status'], AuditResult>> = {
  ok: 'success',
  error: 'failure',
  denied: 'denied',
  unknown: 'unknown',
  pending: 'pending',
};

function outcomeEvent(call: Call, services: Services, effect: Effect, denial: Denial | undefined): AuditEvent {
  const body = receiptBody(call, services, effect);
  const kind = call.target.kind;
  const read = kind !== 'tool' || (call.target.kind === 'tool' && call.target.tool?.toolClass === 'read_only');
  return {
    eventType: kind !== 'tool' ? 'access.read' : read ? 'tool.read' : 'tool.outcome',
    toolName: `${body.tool.server}.${body.tool.name}`,
    correlationId: call.correlationId,
    actor: { type: 'user', id: call.principal.id },
    operation: {
      name: call.request.method,
      parameters: { hash: call.argumentsHash },
      result: RESULTS[effect.status],
      ...(denial && { errorCode: denial.code }),
      durationMs: Math.max(0, Math.round(services.clock.monotonic() - call.startedAt)),
    },
    receipt: body,
  };
}

function attachReceipt(call: Call): void {
  const response = call.response;
  if (call.receipt === undefined || response === undefined) return;
  if (isResultResponse(response)) {
    const meta: JsonObject = isJsonObject(response.result._meta) ? response.result._meta : {};
    call.response = { ...response, result: { ...response.result, _meta: { ...meta, [META_RECEIPT]: call.receipt } } };
  } else if (isFailure(response)) {
    const data = isJsonObject(response.error.data) ? response.error.data : { detail: response.error.data ?? null };
    call.response = { ...response, error: { ...response.error, data: { ...data, receipt: call.receipt } } };
  }
}
