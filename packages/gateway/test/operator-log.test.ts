import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config/index.ts';
import { type Loose, receiptOf, TestGateway } from './harness.ts';

let t: TestGateway;
beforeAll(async () => {
  t = await TestGateway.start({ config: { log: { level: 'debug' } } });
}, 60_000);
afterAll(() => t.stop());

const lines = (event: string) => t.logLines.map((line): Loose => JSON.parse(line)).filter((one) => one.event === event);

describe('the log of a gateway', () => {
  it('has a line for each call at the level debug, tied to the receipt, without arguments', async () => {
    verifies('CM-LOG-1');
    const answer = await t.call('echo', { message: 'planted-argument' });
    const line = lines('call').at(-1)!;
    expect(line).toMatchObject({
      level: 'debug',
      nodeId: 'test',
      agent: 'local',
      method: 'tools/call',
      server: 't',
      status: 'ok',
      receipt: receiptOf(answer),
    });
    expect(Date.parse(line.timestamp)).toBeGreaterThan(systemClock.now() - 60_000);
    const entry = await t.gateway.home.audit.get(line.receipt);
    expect(entry?.correlationId).toBe(line.requestId);
    expect(t.logLines.join('')).not.toContain('planted-argument');
    expect(t.logLines.join('')).not.toContain(t.token);
  });

  it('changes its level while the gateway runs; a refused call is told as before', async () => {
    verifies('CM-LOG-1');
    await t.gateway.reconfigure({ ...t.gateway.config, log: { level: 'info' } });
    const before = lines('call').length;
    const refused = await t.call('no-such-tool');
    expect(lines('call').length).toBe(before);
    expect(lines('call.refused').at(-1)).toMatchObject({
      requestId: refused.message.error.data.correlationId,
      agent: 'local',
      code: 'TOOL_UNKNOWN',
    });
    const { log: _log, ...without } = t.gateway.config;
    await t.gateway.reconfigure(without);
    await t.call('echo', { message: 'x' });
    expect(lines('call').length).toBe(before);
  });

  it('refuses a level that would silence security', async () => {
    const path = join(t.home, 'ward.yaml');
    writeFileSync(path, JSON.stringify({ version: 1, log: { level: 'error' } }));
    await expect(t.gateway.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a server that cannot be contained', () => {
  it('is counted as what a sandbox stopped', async () => {
    verifies('CM-MON-1');
    // Nobody could contain a server that is granted what is not there.
    const text = JSON.stringify({
      version: 1,
      servers: { broken: { command: process.execPath, read: ['/nowhere/at/all'] } },
    });
    const parsed = parseConfig(text, join(t.home, 'ward.yaml'));
    if (!parsed.ok) throw new Error('the settings are refused');
    await t.gateway.reconfigure({
      ...t.gateway.config,
      servers: { ...t.gateway.config.servers, ...parsed.value.servers },
    });
    await t.gateway.look();
    const page = await t.gateway.services.metrics.registry.metrics();
    expect(page).toMatch(/ward_sandbox_violations_total\{server="broken",kind="start"\} [1-9]/);
  }, 30_000);
});
