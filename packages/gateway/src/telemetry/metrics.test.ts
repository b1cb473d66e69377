import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';
import { Scraper } from './scrape.ts';
import { type GatewayState, stateMetrics } from './state-metrics.ts';

const STATE: GatewayState = {
  version: '1.0.0',
  node: 'n',
  startedAt: 1_000,
  serving: true,
  sessions: 1,
  people: 2,
  callsInFlight: 3,
  approvalsPending: 4,
  policiesInForce: true,
  servers: [],
  processes: [],
  audit: { writable: true, entries: 5, bytes: 6, openIntents: 7, verifiedAt: 8_000, checkpointAt: undefined },
  certificateExpires: undefined,
  signer: undefined,
};

describe('metrics of servers', () => {
  it('count restarts, breakers, violations and retries, and not what a server writes to stderr', async () => {
    const metrics = new Metrics();
    metrics.upstream({ type: 'breaker-open', upstream: 's', retryAfter: 60 });
    metrics.upstream({ type: 'retried', upstream: 's', reason: 'session' });
    metrics.upstream({ type: 'stderr', upstream: 's', line: 'x' });
    metrics.violation('s', 'egress');
    const text = await metrics.registry.metrics();
    expect(text).toContain('ward_upstream_events_total{server="s",type="breaker-open"} 1');
    expect(text).toContain('ward_upstream_retries_total{server="s",reason="session"} 1');
    expect(text).toContain('ward_sandbox_violations_total{server="s",kind="egress"} 1');
    expect(text).not.toContain('stderr');
  });

  it('end with a server that is taken out of the configuration', async () => {
    const metrics = new Metrics();
    metrics.upstream({ type: 'started', upstream: 'gone-server', pid: 1 });
    metrics.upstream({ type: 'retried', upstream: 'gone-server', reason: 'stream' });
    metrics.violation('gone-server', 'memory');
    metrics.drift('gone-server');
    metrics.concluded('gone-server', 'ok', '', 0.1);
    metrics.transaction('gone-server', 3);
    metrics.forget('gone-server');
    expect(await metrics.registry.metrics()).not.toContain('gone-server');
  });
});

describe('state', () => {
  it('has one state of the signer at 1, and forgets servers that are no more', async () => {
    const metrics = new Metrics();
    const status = { state: 'broken', processes: 0, restarts: 2, sandbox: 'none' } as const;
    const server = { id: 's', status, tools: 1, quarantined: 1, contained: false, reviewed: true };
    const states: GatewayState[] = [
      { ...STATE, servers: [server], processes: [{ name: 'local ledger', state: 'backing-off', restarts: 3 }] },
      STATE,
    ];
    const collect = stateMetrics(metrics.registry, async () => states.shift()!);
    await collect();
    const first = await metrics.registry.metrics();
    expect(first).toContain('ward_process_state{process="local_ledger",state="backing-off"} 1');
    expect(first).toContain('ward_process_state{process="local_ledger",state="running"} 0');
    expect(first).toContain('ward_upstream_state{server="s",state="broken"} 1');
    expect(first).toContain('ward_server_contained{server="s"} 0');
    expect(first).toContain('ward_audit_checkpoint_timestamp_seconds 0');
    await collect();
    expect(await metrics.registry.metrics()).not.toContain('server="s"');
  });
});

describe('the signer', () => {
  it('is told of where there is one, and keeps its numbers while it is silent', async () => {
    verifies('CM-MON-1');
    const metrics = new Metrics();
    const facts = { wallets: 3, unlocked: 1, pending: 2, keysDue: 1, nextRotation: 5_000 };
    const states: GatewayState[] = [STATE, { ...STATE, signer: facts }, { ...STATE, signer: 'silent' }];
    const collect = stateMetrics(metrics.registry, async () => states.shift()!);
    await collect();
    expect(await metrics.registry.metrics()).not.toContain('ward_process_answers{');
    await collect();
    const text = await metrics.registry.metrics();
    expect(text).toContain('ward_process_answers{process="signer"} 1\n');
    expect(text).toContain('ward_wallet_keys_due 1\n');
    expect(text).toContain('ward_wallet_key_rotation_timestamp_seconds 5\n');
    await collect();
    const after = await metrics.registry.metrics();
    expect(after).toContain('ward_process_answers{process="signer"} 0\n');
    expect(after).toContain('ward_wallets 3\n');
  });
});

describe('scrapes', () => {
  it('at the same time share one reading, and a failed one is not kept', async () => {
    let reads = 0;
    let time = 0;
    const clock = { now: () => 0, monotonic: () => time };
    const collect = async () => {
      if (++reads === 1) throw new Error('x');
    };
    const scraper = new Scraper(new Metrics().registry, collect, clock);
    await expect(scraper.read()).rejects.toThrow('x');
    await Promise.all([scraper.read(), scraper.read(), scraper.read()]);
    expect(reads).toBe(2);
    time = 1_000;
    await scraper.read();
    expect(reads).toBe(3);
  });
});
