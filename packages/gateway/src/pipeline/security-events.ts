import type { AuditEvent } from '@wardmesh/audit';
import type { ClientCode, Denial } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import { actorFields } from '../telemetry/actor.ts';
import type { Call } from './call.ts';

/** Entries of one kind written in a window; a flood of bad requests must not become a flood of disk writes. */
const MAX_PER_WINDOW = 30;
const WINDOW_MS = 60_000;

const EVENTS: Partial<Record<ClientCode, AuditEvent['eventType']>> = {
  AUTHENTICATION_REQUIRED: 'auth.failure',
  RATE_LIMITED: 'security.rate_limit',
  TOO_MANY_CONCURRENT: 'security.rate_limit',
  HOST_REFUSED: 'security.suspicious',
  HEADER_MISMATCH: 'security.suspicious',
  SESSION_UNKNOWN: 'security.suspicious',
  STATE_REFUSED: 'security.suspicious',
  JSON_INVALID: 'security.invalid_input',
  MESSAGE_INVALID: 'security.invalid_input',
  REQUEST_TOO_LARGE: 'security.invalid_input',
  PARAMS_INVALID: 'security.invalid_input',
};

interface Window {
  start: number;
  written: number;
  dropped: number;
}

/** Notes refusals that are no calls yet: who failed to sign in, who was limited, who sent what is not MCP. */
export class SecurityEvents {
  readonly #services: Services;
  readonly #windows = new Map<string, Window>();

  constructor(services: Services) {
    this.#services = services;
  }

  note(call: Call, denial: Denial): void {
    const now = this.#services.clock.monotonic();
    const window = this.#windows.get(denial.code) ?? { start: now, written: 0, dropped: 0 };
    this.#windows.set(denial.code, window);
    if (now - window.start > WINDOW_MS) {
      const { dropped } = window;
      Object.assign(window, { start: now, written: 0, dropped: 0 });
      if (dropped > 0) this.#write(call, denial, { suppressed: dropped });
    }
    if (window.written >= MAX_PER_WINDOW) {
      window.dropped += 1;
      return;
    }
    window.written += 1;
    this.#services.log.security(denial.code, {
      requestId: call.correlationId,
      ...actorFields(call.principal),
      detail: denial.detail,
    });
    this.#write(call, denial, {});
  }

  #write(call: Call, denial: Denial, parameters: Record<string, unknown>): void {
    const eventType = EVENTS[denial.code];
    if (eventType === undefined) return;
    this.#services.audit
      .append({
        eventType,
        toolName: 'gateway',
        correlationId: call.correlationId,
        actor: call.principal ? { type: 'user', id: call.principal.id } : { type: 'user' },
        operation: {
          name: call.request?.method ?? 'http',
          parameters: { ...parameters, ...(denial.detail !== undefined && { detail: denial.detail }) },
          result: 'denied',
          errorCode: denial.code,
        },
      })
      .catch((error: unknown) => this.#services.log.fault(call.correlationId, error, { event: eventType }));
  }
}
