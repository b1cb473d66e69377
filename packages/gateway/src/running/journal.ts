import type { AuditEventType } from '@wardmesh/verify';
import type { AuditPort } from '../services.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';

/** What happens to the gateway itself. */
export type GatewayEvent = Extract<
  AuditEventType,
  | 'server.drift'
  | 'server.pin'
  | 'server.login'
  | 'server.logout'
  | 'config.load'
  | 'config.refuse'
  | 'policy.load'
  | 'policy.refuse'
  | 'agent.add'
  | 'agent.revoke'
  | 'approval.approve'
  | 'approval.deny'
  | 'auth.success'
  | 'role.grant'
  | 'role.revoke'
  | 'passkey.add'
  | 'passkey.remove'
  | 'consent.allow'
  | 'consent.decline'
  | 'consent.revoke'
  | 'consent.expire'
  | 'device.approve'
  | 'key.rotate'
>;

/** Entries about the gateway itself. A log that fails is told of by its own alert, so nobody waits for these. */
export class Journal {
  readonly #audit: AuditPort;
  readonly #log: OperatorLog;

  constructor(audit: AuditPort, log: OperatorLog) {
    this.#audit = audit;
    this.#log = log;
  }

  record(
    eventType: GatewayEvent,
    parameters: Readonly<Record<string, unknown>>,
    result: 'success' | 'denied',
    actor: 'user' | 'system' = 'system',
  ): void {
    this.#audit
      .append({
        eventType,
        toolName: 'gateway',
        correlationId: eventType,
        actor: { type: actor },
        operation: { name: eventType, parameters, result },
      })
      .catch((error: unknown) => this.#log.fault(eventType, error));
  }
}
