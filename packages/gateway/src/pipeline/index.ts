import type { ApprovalState } from '../front/approval-state.ts';
import type { Sessions } from '../front/sessions.ts';
import type { Services } from '../services.ts';
import { actorFields } from '../telemetry/actor.ts';
import { approveLayer } from './approve.ts';
import { authenticateLayer } from './authenticate.ts';
import { authoriseLayer } from './authorise.ts';
import type { Layer } from './call.ts';
import { concludeLayer } from './conclude.ts';
import { envelopeLayer } from './envelope.ts';
import { executeLayer, type OwnMethods } from './execute.ts';
import { intendLayer } from './intend.ts';
import { limitLayer } from './limit.ts';
import { resolveLayer } from './resolve.ts';
import { Pipeline } from './run.ts';
import { screenLayer } from './screen.ts';
import { SecurityEvents } from './security-events.ts';
import { type TransportRules, transportLayer } from './transport.ts';
import { validateLayer } from './validate.ts';

export interface PipelineParts {
  readonly services: Services;
  readonly sessions: Sessions;
  readonly approvalState: ApprovalState;
  rules(): TransportRules;
  readonly own: OwnMethods;
  /** Aborted, with the reason to tell, when the gateway stops: ends waits that have no end of their own. */
  readonly stopping: AbortSignal;
  /** Measure each layer. */
  readonly trace: boolean;
}

/** The layers up to `screen`, each by itself. */
export function makeLayers(parts: Omit<PipelineParts, 'trace'>): readonly Layer[] {
  const { services, sessions, approvalState, rules, own, stopping } = parts;
  return [
    transportLayer(rules),
    envelopeLayer,
    authenticateLayer(services, sessions),
    limitLayer(services),
    resolveLayer(services),
    validateLayer(services),
    authoriseLayer(services),
    approveLayer(services, approvalState, stopping),
    intendLayer(services),
    executeLayer(services, own, (call) => approvalState.answered(call)),
    screenLayer(services),
  ];
}

/** The way of one call: every layer, in order. */
export function makePipeline(parts: PipelineParts): Pipeline {
  const { services, trace } = parts;
  const { clock, log, metrics } = services;
  return new Pipeline(makeLayers(parts), concludeLayer(services, new SecurityEvents(services)), {
    onFault: (call, layer, error) => log.fault(call.correlationId, error, { layer, ...actorFields(call.principal) }),
    ...(trace && { now: () => clock.monotonic() * 1_000, onTraced: (call) => metrics.layers(call.spent) }),
  });
}
