import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../src/config/index.ts';
import { APPROVAL_EVENTS, AUTH_KINDS, Metrics, SPAN_OUTCOMES, VIOLATIONS } from '../src/telemetry/metrics.ts';
import { PROCESS_STATES, stateMetrics, UPSTREAM_STATES } from '../src/telemetry/state-metrics.ts';
import { type Reading, readPromql } from './promql.ts';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

const duration = z.string().regex(/^\d+[smhd]$/);
const text = z.string().min(1).max(500);
/** The rule file of Prometheus 3, as far as it is used here: what it does not know it refuses, and so do we. */
const ruleFile = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z-]+$/),
        interval: duration.optional(),
        rules: z
          .array(
            z.strictObject({
              alert: z.string().regex(/^Wardmesh[A-Z][A-Za-z]+$/),
              expr: text,
              for: duration.optional(),
              keep_firing_for: duration.optional(),
              labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
              annotations: z.strictObject({ summary: text, description: text }),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

const target = z.looseObject({ expr: text, legendFormat: z.string(), refId: z.string().regex(/^[A-Z]$/) });
const place = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), definition: z.string().optional() })) }),
  panels: z.array(
    z.looseObject({ id: z.int(), type: z.string(), title: text, gridPos: place, targets: z.array(target).optional() }),
  ),
});

const rules = ruleFile.parse(parse(read('deploy/prometheus/alerts.yml'))).groups.flatMap((group) => group.rules);
const board = dashboard.parse(JSON.parse(read('deploy/grafana/dashboard.json')));
const queries = board.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => ({ name: panel.title, expr })));

/** Series → its labels, from the registry itself; those of Prometheus stand beside. */
const exported = new Map<string, ReadonlySet<string>>([['up', new Set<string>()]]);
/** Labels with a closed set of values, and the values. */
const VALUES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ward_calls_total: { status: ['ok', 'error', 'denied', 'unknown', 'pending'] },
  ward_call_seconds_bucket: { status: ['ok', 'error', 'denied', 'unknown', 'pending'] },
  ward_auth_failures_total: { kind: AUTH_KINDS },
  ward_approvals_total: { state: APPROVAL_EVENTS },
  ward_sandbox_violations_total: { kind: VIOLATIONS },
  ward_trace_spans_total: { outcome: SPAN_OUTCOMES },
  ward_upstream_state: { state: UPSTREAM_STATES },
  ward_process_state: { state: PROCESS_STATES, process: ['signer', 'local_ledger'] },
  ward_upstream_events_total: {
    type: ['started', 'ready', 'exited', 'reaped', 'breaker-open', 'violation', 'dropped'],
  },
  ward_audit_alerts_total: {
    type: [
      'unavailable',
      'available',
      'tampered',
      'recovered',
      'clock_back',
      'anchor_failed',
      'verification_failed',
    ].map((name) => `audit.${name}`),
  },
};
const OF_PROMETHEUS = ['instance', 'job'];

beforeAll(() => {
  const { registry } = new Metrics();
  stateMetrics(registry, () => Promise.reject(new Error('not read here')));
  for (const metric of registry.getMetricsAsArray() as unknown as {
    name: string;
    type: string;
    labelNames: readonly string[];
  }[]) {
    const labels = new Set(metric.labelNames);
    if (metric.type !== 'histogram') exported.set(metric.name, labels);
    else {
      exported.set(`${metric.name}_sum`, labels);
      exported.set(`${metric.name}_count`, labels);
      exported.set(`${metric.name}_bucket`, new Set([...labels, 'le']));
    }
  }
});

/** What in an expression is not there to be read. */
function faults({ selectors, grouped }: Reading): string[] {
  const found: string[] = [];
  const known = new Set(OF_PROMETHEUS);
  if (selectors.length === 0) found.push('reads no metric');
  for (const { metric, matchers } of selectors) {
    const labels = exported.get(metric);
    if (labels === undefined) found.push(`no metric ${metric}`);
    for (const label of labels ?? []) known.add(label);
    for (const { label, operator, value } of matchers) {
      if (labels?.has(label) !== true && !OF_PROMETHEUS.includes(label)) found.push(`${metric} has no label ${label}`);
      const values = VALUES[metric]?.[label];
      if (values === undefined || value.startsWith('$')) continue;
      const meant = operator.endsWith('~') ? value.split('|') : [value];
      for (const one of meant) if (!values.includes(one)) found.push(`${metric} has no ${label}=${one}`);
    }
  }
  for (const label of grouped) if (!known.has(label)) found.push(`nothing has the label ${label}`);
  return found;
}

const faultsIn = (expr: string) => faults(readPromql(expr));

describe('deploy/prometheus/alerts.yml', () => {
  it.each(rules)('$alert reads what a gateway exports', ({ expr, annotations }) => {
    verifies('CM-MON-1');
    expect(faultsIn(expr)).toEqual([]);
    const { selectors, grouped } = readPromql(expr);
    const labels = new Set([...OF_PROMETHEUS, ...selectors.flatMap(({ metric }) => [...(exported.get(metric) ?? [])])]);
    const told = Object.values(annotations).flatMap((each) =>
      [...each.matchAll(/\$labels\.(\w+)/g)].map(([, l]) => l!),
    );
    // What a sum leaves out, no text can name.
    const left = grouped.length > 0 ? new Set(grouped) : labels;
    expect(told.filter((label) => !left.has(label))).toEqual([]);
  });

  it('names each alert once, and watches what CM-MON-1 asks for', () => {
    verifies('CM-MON-1');
    // Of security monitoring, the part that is metrics and alerts.
    verifies('CH-OPS-1');
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    const watched = rules.map(({ expr }) => expr).join();
    for (const metric of ['auth_failures', 'transaction_seconds', 'calls_total', 'upstream_retries'])
      expect(watched).toContain(`ward_${metric}`);
  });

  it('has a line in the guide for each alert, and none beside', () => {
    const guide = [...read('docs/guides/monitoring.md').matchAll(/^\| `(Wardmesh\w+)` \| (\w+) \| .+ \|$/gm)];
    expect(guide.map(([, name, severity]) => [name, severity]).sort()).toEqual(
      rules.map(({ alert, labels }) => [alert, labels.severity]).sort(),
    );
  });
});

describe('deploy/grafana/dashboard.json', () => {
  it.each(queries)('$name: $expr', ({ expr }) => {
    verifies('CM-MON-1');
    expect(faultsIn(expr)).toEqual([]);
  });

  it('asks for variables that it has, and of metrics that are there', () => {
    const variables = new Set([...board.templating.list.map(({ name }) => name), '__rate_interval', '__range']);
    const used = [...JSON.stringify(board).matchAll(/\$\{?(\w+)/g)].map((match) => match[1]!);
    expect(used.filter((name) => !variables.has(name))).toEqual([]);
    for (const { definition } of board.templating.list) {
      if (definition === undefined) continue;
      const [, query, label] = /^label_values\((.+), (\w+)\)$/.exec(definition)!;
      expect(faultsIn(`sum by (${label}) (${query})`)).toEqual([]);
    }
  });

  it('lays no panel over another', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of board.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  });

  it('shows every metric that an alert watches', () => {
    const shown = new Set(queries.flatMap(({ expr }) => readPromql(expr).selectors.map(({ metric }) => metric)));
    const watched = new Set(rules.flatMap(({ expr }) => readPromql(expr).selectors.map(({ metric }) => metric)));
    for (const metric of ['up', 'ward_server_contained']) watched.delete(metric);
    expect([...watched].filter((metric) => !shown.has(metric))).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    ['a wrong name', 'rate(ward_call_total[5m]) > 1', 'no metric ward_call_total'],
    ['a name of another program', 'sum(http_requests_total)', 'no metric http_requests_total'],
    ['a histogram without its suffix', 'rate(ward_call_seconds[5m])', 'no metric ward_call_seconds'],
    ['a wrong label', 'ward_upstream_state{upstream="x"}', 'ward_upstream_state has no label upstream'],
    ['a wrong value', 'ward_upstream_state{state="crashed"}', 'ward_upstream_state has no state=crashed'],
    ['a wrong value of several', 'ward_calls_total{status=~"error|fail"}', 'ward_calls_total has no status=fail'],
    ['a wrong group', 'sum by (tool) (ward_calls_total)', 'nothing has the label tool'],
    ['buckets of what has none', 'sum by (le) (ward_calls_total)', 'nothing has the label le'],
    ['nothing', 'time() > 1', 'reads no metric'],
  ])('catches %s', (_what, expr, fault) => {
    expect(faultsIn(expr)).toEqual([fault]);
  });

  it('reads the grammar that is used', () => {
    expect(readPromql('histogram_quantile(0.9, sum by (a, le) (rate(m_bucket{b=~"c|d"}[5m]))) > 1e3 or n * 2')).toEqual(
      {
        selectors: [
          { metric: 'm_bucket', matchers: [{ label: 'b', operator: '=~', value: 'c|d' }] },
          { metric: 'n', matchers: [] },
        ],
        grouped: ['a', 'le'],
      },
    );
  });

  it.each([
    ['a key Prometheus does not know', (rule: Record<string, unknown>) => ({ ...rule, fro: '5m' })],
    ['a duration without a unit', (rule: Record<string, unknown>) => ({ ...rule, for: '5' })],
    ['no severity', (rule: Record<string, unknown>) => ({ ...rule, labels: {} })],
  ])('refuses a rule file with %s', (_what, change) => {
    expect(ruleFile.safeParse({ groups: [{ name: 'x', rules: [change({ ...rules[0] })] }] }).success).toBe(false);
    expect(ruleFile.safeParse({ groups: [{ name: 'x', rules: [rules[0]] }] }).success).toBe(true);
  });

  it('knows every metric of the registry by what it is called in Prometheus', () => {
    expect(exported.size).toBeGreaterThan(50);
    expect([...exported.keys()].every((name) => /^(?:up|(?:ward|process)_[a-z_]+)$/.test(name))).toBe(true);
  });
});

describe('docs/guides/monitoring.md', () => {
  const guide = read('docs/guides/monitoring.md');

  it('shows settings that ward.yaml takes', () => {
    verifies('CM-LOG-1');
    const blocks = [...guide.matchAll(/```yaml\n((?:log|traces):[\s\S]*?)```/g)].map((match) => match[1]!);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      const parsed = parseConfig(`version: 1\n${block}`, '/home/ward.yaml');
      expect(parsed.ok || parsed.error).toBe(true);
    }
  });

  it('names metrics that are there', () => {
    const named = [...guide.matchAll(/`((?:ward|process)_[a-z_]+)`/g)].map((match) => match[1]!);
    const bases = new Set([...exported.keys()].flatMap((name) => [name, name.replace(/_(?:sum|count|bucket)$/, '')]));
    expect(named.filter((name) => !bases.has(name))).toEqual([]);
    expect(new Set(named).size).toBeGreaterThan(25);
  });
});

describe('deploy/prometheus/prometheus.yml', () => {
  it('scrapes /metrics over TLS with a token, and loads the rules', () => {
    const config = parse(read('deploy/prometheus/prometheus.yml'));
    const [job] = config.scrape_configs;
    expect(job).toMatchObject({ scheme: 'https', metrics_path: '/metrics', authorization: { type: 'Bearer' } });
    expect(job.job_name).toBe('wardmesh');
    expect(job.authorization.credentials).toBeUndefined();
    expect(config.rule_files).toEqual(['alerts.yml']);
  });
});
