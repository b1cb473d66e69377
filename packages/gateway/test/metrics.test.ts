import { request as plainRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { approvalMessage } from '@wardmesh/approvals';
import { toBase64 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR, TestGateway } from './harness.ts';

const JSON_BODY = { 'content-type': 'application/json' };

let t: TestGateway;
beforeAll(async () => {
  t = await TestGateway.start();
}, 60_000);
afterAll(() => t.stop());

interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function get(token?: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Page> {
  const { hostname, port } = new URL(t.gateway.url);
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...options.headers };
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        hostname,
        port,
        path: '/metrics',
        method: options.method ?? 'GET',
        ca: t.gateway.tls?.caPem,
        servername: 'localhost',
        headers,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    request.on('error', reject).end();
  });
}

/** The value of the one series whose line begins so. */
async function value(series: string): Promise<number | undefined> {
  const { text } = await t.gateway.scraper.read().then(async () => {
    // Past the time in which scrapes share an answer.
    await new Promise((resolve) => setTimeout(resolve, 550));
    return t.gateway.scraper.read();
  });
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('GET /metrics', () => {
  it('answers an agent with a role that holds metrics:read', async () => {
    verifies('CM-MON-1');
    for (const role of ['auditor', 'operator', 'admin']) {
      const token = await t.gateway.services.agents.add(`scraper-${role}`, { roles: [role] });
      const page = await get(token);
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toContain('text/plain; version=0.0.4');
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.text).toContain('# TYPE ward_call_seconds histogram');
    }
  });

  it.each(['agent', 'consumer', 'reviewer', 'author', 'reader'])('refuses an agent with the role %s', async (role) => {
    const token = await t.gateway.services.agents.add(`no-${role}`, { roles: [role] });
    const page = await get(token);
    expect(page.status).toBe(403);
    expect(page.text).not.toContain('ward_call');
    expect(JSON.parse(page.text)).toMatchObject({ code: 'POLICY_DENIED', hint: expect.stringContaining('auditor') });
  });

  it('refuses who has no token, a wrong one, or one that was revoked, and counts the guesses', async () => {
    const before = (await value('ward_auth_failures_total{kind="agent_token"}')) ?? 0;
    const none = await get();
    expect(none.status).toBe(401);
    expect(none.headers['www-authenticate']).toBe('Bearer realm="wardmesh"');
    expect((await get(`ward_local_${'x'.repeat(43)}`)).status).toBe(401);
    const token = await t.gateway.services.agents.add('gone', { roles: ['auditor'] });
    await t.gateway.services.agents.revoke('gone');
    expect((await get(token)).status).toBe(401);
    expect(await value('ward_auth_failures_total{kind="agent_token"}')).toBe(before + 2);
  });

  it('is for GET by a name of ours only', async () => {
    const token = await t.gateway.services.agents.add('strict', { roles: ['auditor'] });
    expect((await get(token, { method: 'POST' })).status).toBe(405);
    expect((await get(token, { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await get(token, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  it('draws on the caller’s rate', async () => {
    const token = await t.gateway.services.agents.add('flood', { roles: ['auditor'] });
    const pages = [];
    for (let i = 0; i < 115; i++) pages.push((await get(token)).status);
    expect(pages.filter((status) => status === 200)).toHaveLength(110);
    expect(pages.at(-1)).toBe(429);
  }, 30_000);
});

describe('the metrics', () => {
  it('tell of calls by server and status, and of what stopped them', async () => {
    verifies('CM-MON-1');
    await t.call('echo', { message: 'x' });
    await t.call('no-such-tool');
    expect(await value('ward_call_seconds_count{server="t",status="ok"}')).toBeGreaterThan(0);
    expect(await value('ward_calls_total{status="denied",code="TOOL_UNKNOWN"}')).toBe(1);
    expect(await value('ward_rate_used_ratio_count{tier="standard"}')).toBeGreaterThan(0);
  });

  it('make no series from what a client sends', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'planted-name' } });
    await t.raw(body, { path: '/servers/planted-server/mcp' });
    await t.call('planted-tool');
    const { text } = await get(await t.gateway.services.agents.add('looker', { roles: ['auditor'] }));
    expect(text).not.toContain('planted');
  });

  it('tell of the audit log, the servers, the certificate and the gateway', async () => {
    expect(await value('ward_audit_writable')).toBe(1);
    expect(await value('ward_audit_queue')).toBe(0);
    expect(await value('ward_audit_append_seconds_count')).toBeGreaterThan(0);
    expect(await value('ward_audit_entries')).toBe(t.gateway.home.audit.size);
    expect(await value('ward_audit_log_bytes')).toBeGreaterThan(100);
    await t.gateway.home.audit.checkpoint();
    expect(await value('ward_audit_checkpoint_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000 - 60);
    await t.gateway.home.audit.verify();
    expect(await value('ward_audit_verified_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000 - 60);
    expect(await value('ward_upstream_state{server="t",state="ready"}')).toBe(1);
    expect(await value('ward_upstream_events_total{server="t",type="started"}')).toBeGreaterThan(0);
    expect(await value('ward_server_contained{server="t"}')).toBe(1);
    expect(await value('ward_certificate_expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000);
    expect(await value('ward_serving')).toBe(1);
    expect(await value('ward_sessions')).toBeGreaterThan(0);
    expect(await value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  it('tell of an audit log that cannot be written', async () => {
    const { audit } = t.gateway.services;
    await expect(audit.append({ eventType: 'no such' } as never)).rejects.toThrow();
    expect(await value('ward_audit_append_failures_total')).toBe(1);
  });
});

/** As `ward approvals approve` does it: over the control socket, with the operator's signature. */
async function approve(held: TestGateway, id: string): Promise<void> {
  const { over } = await held.gateway.services.approvals.show(id);
  const key = signingKeyFromSeed(new Uint8Array(32).fill(7));
  const signature = toBase64(key.sign(approvalMessage('approve', over as `sha256:${string}`)));
  await new Promise<void>((resolve, reject) => {
    const { controlSocket } = held.gateway.home.paths;
    plainRequest(
      { socketPath: controlSocket, method: 'POST', path: `/v1/approvals/${id}/approve`, headers: JSON_BODY },
      (response) => {
        response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(response.statusCode)));
      },
    )
      .on('error', reject)
      .end(JSON.stringify({ keyId: OPERATOR.keyId, signature }));
  });
}

describe('approvals', () => {
  it('are counted by what became of them, with the time a person took, and those that wait', async () => {
    verifies('CM-MON-1');
    const held = await TestGateway.start({
      server: { tools: { echo: { class: 'destructive', labels: [] } } },
      policies: { 'ask.cedar': '@confirm("true")\npermit(principal, action, resource);' },
    });
    try {
      const parked = await held.call('echo', { message: 'x' });
      const id = parked.message.error?.data?.approvalId as string | undefined;
      const page = async () => {
        await new Promise((resolve) => setTimeout(resolve, 550));
        return (await held.gateway.scraper.read()).text;
      };
      expect(id, JSON.stringify(parked.message)).toBeDefined();
      expect(await page()).toContain('ward_approvals_pending 1\n');
      expect(await page()).toContain('ward_approvals_total{state="requested"} 1\n');
      await approve(held, id!);
      const after = await page();
      expect(after).toContain('ward_approvals_pending 0\n');
      expect(after).toContain('ward_approvals_total{state="signed"} 1\n');
      expect(after).toContain('ward_approval_decision_seconds_count{decision="approved"} 1\n');
    } finally {
      await held.stop();
    }
  }, 60_000);
});
