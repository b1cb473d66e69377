import type { Clock } from '@wardmesh/core';
import type { AuditPort } from '../services.ts';
import type { Metrics } from './metrics.ts';

/** The log with the time each entry takes to be durable, and how many wait. */
export function measuredAudit(audit: AuditPort, metrics: Metrics, clock: Clock): AuditPort {
  return {
    async append(event) {
      const start = clock.monotonic();
      metrics.auditQueue.inc();
      let failed = true;
      try {
        const entry = await audit.append(event);
        failed = false;
        return entry;
      } finally {
        metrics.auditQueue.dec();
        metrics.appended((clock.monotonic() - start) / 1_000, failed);
      }
    },
  };
}
