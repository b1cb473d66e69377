import type { ApprovalRequest, Approvals } from '@wardmesh/approvals';
import type { AuditEvent } from '@wardmesh/audit';
import type { Clock, Random } from '@wardmesh/core';
import type { SchemaChecker } from '@wardmesh/guard';
import type { Concurrency, Lockout, RateLimits } from '@wardmesh/limits';
import type { PolicyEngine } from '@wardmesh/policy';
import type { AuditEntry } from '@wardmesh/verify';
import type { Agents } from './agents/agents.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { WardConfig } from './config/index.ts';
import type { TokenGate } from './oauth/index.ts';
import type { FlowLabels } from './pipeline/flow-labels.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { OperatorLog } from './telemetry/operator-log.ts';
import type { Tracer } from './telemetry/trace/tracer.ts';

/** What the audit log is to the gateway. */
export interface AuditPort {
  append(event: AuditEvent): Promise<AuditEntry>;
}

/** Everything the layers use. Functions where a reload swaps the value: each call reads the current one. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly nodeId: string;
  config(): WardConfig;
  policy(): PolicyEngine;
  readonly agents: Agents;
  readonly catalogue: Catalogue;
  readonly schemas: SchemaChecker;
  readonly lockout: Lockout;
  rates(): RateLimits;
  concurrency(): Concurrency;
  readonly approvals: Approvals;
  readonly labels: FlowLabels;
  readonly audit: AuditPort;
  readonly metrics: Metrics;
  readonly log: OperatorLog;
  /** Gives calls their spans, where spans are recorded. */
  tracer?(): Tracer | undefined;
  /** Checks OAuth access tokens; absent until the gateway knows its own address. */
  oauth?(): TokenGate | undefined;
}

export type { ApprovalRequest };
