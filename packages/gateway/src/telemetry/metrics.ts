import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LayerName } from '../pipeline/call.ts';
import type { UpstreamEvent } from '../upstream/event.ts';

/** What failed to prove itself: an agent's token, an OAuth access token, its DPoP proof, a person's sign-in. */
export const AUTH_KINDS = ['agent_token', 'access_token', 'dpop', 'sign_in'] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

export const APPROVAL_EVENTS = ['requested', 'signed', 'denied', 'released', 'expired'] as const;
export type ApprovalEvent = (typeof APPROVAL_EVENTS)[number];

/** What a sandbox stopped: a connection that was not granted, memory over the limit, a start that could not be contained. */
export const VIOLATIONS = ['egress', 'memory', 'start'] as const;
export type Violation = (typeof VIOLATIONS)[number];

export const SPAN_OUTCOMES = ['exported', 'failed', 'dropped'] as const;

const TIERS = ['standard', 'strict', 'critical'] as const;
const CALL_STATUSES = ['ok', 'error', 'denied', 'unknown', 'pending'] as const;

/**
 * Prometheus metrics of one gateway (CM-MON-1). Labels are of closed sets or of configured ids, never of what a client
 * sends: nobody outside can make series. What only needs to be known at a scrape is in `state-metrics`.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #calls = new Counter({
    name: 'ward_calls_total',
    help: 'Calls by outcome, and where they were stopped by code',
    labelNames: ['status', 'code'] as const,
    registers: this.#registers,
  });
  readonly #latency = new Histogram({
    name: 'ward_call_seconds',
    help: 'Time from request to reply, by server (gateway: answered by itself) and outcome',
    labelNames: ['server', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
    registers: this.#registers,
  });
  readonly #transactions = new Histogram({
    name: 'ward_transaction_seconds',
    help: 'Time of calls that made a transaction on a ledger, by wallet server',
    labelNames: ['server'] as const,
    buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120],
    registers: this.#registers,
  });
  readonly #authFailures = new Counter({
    name: 'ward_auth_failures_total',
    help: 'Failed authentications by what was presented',
    labelNames: ['kind'] as const,
    registers: this.#registers,
  });
  readonly #lockouts = new Counter({
    name: 'ward_lockouts_total',
    help: 'Times a source was locked out',
    registers: this.#registers,
  });
  readonly #limited = new Counter({
    name: 'ward_rate_limited_total',
    help: 'Calls refused by a rate tier',
    labelNames: ['tier'] as const,
    registers: this.#registers,
  });
  readonly #limitUsed = new Histogram({
    name: 'ward_rate_used_ratio',
    help: 'Share of its window that a caller had used, at each call, by tier',
    labelNames: ['tier'] as const,
    buckets: [0.25, 0.5, 0.75, 0.9, 0.99],
    registers: this.#registers,
  });
  readonly #approvals = new Counter({
    name: 'ward_approvals_total',
    help: 'Approval requests by what became of them',
    labelNames: ['state'] as const,
    registers: this.#registers,
  });
  readonly #decisions = new Histogram({
    name: 'ward_approval_decision_seconds',
    help: 'Time from a request to a person’s decision',
    labelNames: ['decision'] as const,
    buckets: [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400],
    registers: this.#registers,
  });
  readonly #drift = new Counter({
    name: 'ward_tool_drift_total',
    help: 'Times tools were quarantined because they changed',
    labelNames: ['server'] as const,
    registers: this.#registers,
  });
  readonly #upstream = new Counter({
    name: 'ward_upstream_events_total',
    help: 'What happened to servers: started, exited, breaker-open, violation of the protocol, dropped messages',
    labelNames: ['server', 'type'] as const,
    registers: this.#registers,
  });
  readonly #retries = new Counter({
    name: 'ward_upstream_retries_total',
    help: 'Exchanges with servers that were tried again, by why: a session or a stream that was lost',
    labelNames: ['server', 'reason'] as const,
    registers: this.#registers,
  });
  readonly #violations = new Counter({
    name: 'ward_sandbox_violations_total',
    help: 'What a sandbox stopped, by server',
    labelNames: ['server', 'kind'] as const,
    registers: this.#registers,
  });
  readonly #appends = new Histogram({
    name: 'ward_audit_append_seconds',
    help: 'Time until an entry of the audit log is durable',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5],
    registers: this.#registers,
  });
  readonly #appendFailures = new Counter({
    name: 'ward_audit_append_failures_total',
    help: 'Entries that could not be made durable',
    registers: this.#registers,
  });
  readonly #auditAlerts = new Counter({
    name: 'ward_audit_alerts_total',
    help: 'What the audit log told of itself: tampered, verification_failed, unavailable, …',
    labelNames: ['type'] as const,
    registers: this.#registers,
  });
  readonly #spans = new Counter({
    name: 'ward_trace_spans_total',
    help: 'Spans by what became of them',
    labelNames: ['outcome'] as const,
    registers: this.#registers,
  });
  readonly #layers = new Counter({
    name: 'ward_layer_microseconds_total',
    help: 'Time spent in each layer, where layers are measured',
    labelNames: ['layer'] as const,
    registers: this.#registers,
  });
  /** Entries that are not durable yet. */
  readonly auditQueue = new Gauge({
    name: 'ward_audit_queue',
    help: 'Entries of the audit log that are not durable yet',
    registers: this.#registers,
  });
  /** Plain sums beside the counters: the hot path adds numbers, a scrape turns them into metrics. */
  readonly layerMicroseconds: Partial<Record<LayerName, number>> = {};
  tracedCalls = 0;

  constructor() {
    // Series that alerts watch are there from the start: a first failure is an increase, not a new series.
    for (const kind of AUTH_KINDS) this.#authFailures.inc({ kind }, 0);
    for (const state of APPROVAL_EVENTS) this.#approvals.inc({ state }, 0);
    for (const tier of TIERS) this.#limited.inc({ tier }, 0);
    for (const status of CALL_STATUSES) this.#calls.inc({ status, code: '' }, 0);
    for (const outcome of SPAN_OUTCOMES) this.#spans.inc({ outcome }, 0);
    for (const type of ['audit.tampered', 'audit.verification_failed']) this.#auditAlerts.inc({ type }, 0);
  }

  /** @param server a configured id, or `gateway` */
  concluded(server: string, status: (typeof CALL_STATUSES)[number], code: string, seconds: number): void {
    this.#calls.inc({ status, code });
    this.#latency.observe({ server, status }, seconds);
  }

  transaction(server: string, seconds: number): void {
    this.#transactions.observe({ server }, seconds);
  }

  authFailure(kind: AuthKind): void {
    this.#authFailures.inc({ kind });
  }

  lockout(): void {
    this.#lockouts.inc();
  }

  /** @param used share of the window, 0 to 1 */
  rate(tier: (typeof TIERS)[number], used: number, refused: boolean): void {
    this.#limitUsed.observe({ tier }, used);
    if (refused) this.#limited.inc({ tier });
  }

  approval(state: ApprovalEvent, count = 1): void {
    this.#approvals.inc({ state }, count);
  }

  /** @param waited ms since it was asked for */
  decided(decision: 'approved' | 'denied', waited: number): void {
    this.#decisions.observe({ decision }, Math.max(0, waited) / 1_000);
  }

  drift(server: string): void {
    this.#drift.inc({ server });
  }

  upstream(event: UpstreamEvent): void {
    if (event.type === 'stderr') return;
    if (event.type === 'retried') this.#retries.inc({ server: event.upstream, reason: event.reason });
    else this.#upstream.inc({ server: event.upstream, type: event.type });
  }

  violation(server: string, kind: Violation): void {
    this.#violations.inc({ server, kind });
  }

  appended(seconds: number, failed: boolean): void {
    this.#appends.observe(seconds);
    if (failed) this.#appendFailures.inc();
  }

  auditAlert(type: string): void {
    this.#auditAlerts.inc({ type });
  }

  spans(outcome: (typeof SPAN_OUTCOMES)[number], count: number): void {
    this.#spans.inc({ outcome }, count);
  }

  layers(spent: Partial<Record<LayerName, number>>): void {
    this.tracedCalls += 1;
    for (const [layer, time] of Object.entries(spent) as [LayerName, number][]) {
      this.layerMicroseconds[layer] = (this.layerMicroseconds[layer] ?? 0) + time;
      this.#layers.inc({ layer }, time);
    }
  }

  /** The series of a server that is no more. */
  forget(server: string): void {
    for (const metric of [this.#drift, this.#transactions]) metric.remove({ server } as never);
    for (const type of ['started', 'ready', 'exited', 'reaped', 'breaker-open', 'violation', 'dropped'] as const) {
      this.#upstream.remove({ server, type });
    }
    for (const reason of ['session', 'stream'] as const) this.#retries.remove({ server, reason });
    for (const kind of VIOLATIONS) this.#violations.remove({ server, kind });
    for (const status of CALL_STATUSES) this.#latency.remove({ server, status });
  }
}
