import type { Services } from '../services.ts';

/** Tells the operator and the log that an identity is locked out now. */
export function tellLockout(services: Services, claimed: string, retryAfter: number | undefined): void {
  services.metrics.lockout();
  services.log.security('auth.lockout', { agent: claimed, retryAfter });
  void services.audit
    .append({
      eventType: 'auth.lockout',
      toolName: 'gateway',
      correlationId: 'lockout',
      actor: { type: 'system' },
      operation: {
        name: 'authenticate',
        parameters: { agent: claimed },
        result: 'denied',
        errorCode: 'LOCKED_OUT',
      },
    })
    .catch((error: unknown) => services.log.fault('lockout', error));
}
