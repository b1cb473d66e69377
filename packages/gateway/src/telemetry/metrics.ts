import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LayerName } from '../pipeline/call.ts';

/** Prometheus metrics of one gateway. Labels are of closed sets or of configured ids, never of what a client sends. */
export class Metrics {
  readonly registry = new Registry();
  readonly #calls = new Counter({
    name: 'ward_calls_total',
    help: 'Calls by outcome and code',
    labelNames: ['status', 'code'] as const,
    registers: [this.registry],
  });
  readonly #latency = new Histogram({
    name: 'ward_call_seconds',
    help: 'Time from request to reply',
    labelNames: ['status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  readonly #authFailures = new Counter({
    name: 'ward_auth_failures_total',
    help: 'Failed authentications',
    registers: [this.registry],
  });
  readonly #limited = new Counter({
    name: 'ward_rate_limited_total',
    help: 'Calls refused by a rate tier',
    labelNames: ['tier'] as const,
    registers: [this.registry],
  });
  readonly #approvals = new Counter({
    name: 'ward_approvals_total',
    help: 'Approval requests by what became of them',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });
  readonly #drift = new Counter({
    name: 'ward_tool_drift_total',
    help: 'Tools quarantined because they changed',
    labelNames: ['server'] as const,
    registers: [this.registry],
  });
  readonly sessions = new Gauge({ name: 'ward_sessions', help: 'Open client sessions', registers: [this.registry] });
  readonly #layers = new Counter({
    name: 'ward_layer_microseconds_total',
    help: 'Time spent in each layer, where tracing is on',
    labelNames: ['layer'] as const,
    registers: [this.registry],
  });
  /** Plain sums beside the counters: the hot path adds numbers, a scrape turns them into metrics. */
  readonly layerMicroseconds: Partial<Record<LayerName, number>> = {};
  tracedCalls = 0;

  concluded(status: string, code: string, seconds: number): void {
    this.#calls.inc({ status, code });
    this.#latency.observe({ status }, seconds);
  }

  authFailure(): void {
    this.#authFailures.inc();
  }

  limited(tier: string): void {
    this.#limited.inc({ tier });
  }

  approval(state: string): void {
    this.#approvals.inc({ state });
  }

  drift(server: string): void {
    this.#drift.inc({ server });
  }

  layers(spent: Partial<Record<LayerName, number>>): void {
    this.tracedCalls += 1;
    for (const [layer, time] of Object.entries(spent) as [LayerName, number][]) {
      this.layerMicroseconds[layer] = (this.layerMicroseconds[layer] ?? 0) + time;
      this.#layers.inc({ layer }, time);
    }
  }
}
