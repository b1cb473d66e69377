import type { CatalogueEvents } from '../catalogue/catalogue.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import type { Journal } from './journal.ts';

/** What the catalogue sees, told where it is looked for: metrics, the operator's log, the audit log. */
export function catalogueEvents(parts: {
  readonly metrics: Metrics;
  readonly log: OperatorLog;
  readonly journal: Journal;
}): Pick<CatalogueEvents, 'drift' | 'pinned' | 'shadowing'> {
  const { metrics, log, journal } = parts;
  return {
    drift(server, comparison) {
      metrics.drift(server);
      log.security('server.drift', { server, quarantined: comparison.quarantined });
      journal.record('server.drift', { server, quarantined: comparison.quarantined }, 'denied');
    },
    pinned(server, by, names) {
      journal.record('server.pin', { server, by, tools: names.length }, 'success');
    },
    shadowing(findings) {
      log.security('server.shadowing', { findings });
    },
  };
}
