import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../src/gateway.ts';
import { type Answer, type Loose, TestGateway } from './harness.ts';
import { control } from './stream.ts';

const codeOf = (answer: Answer) => answer.message.error?.data?.code;

describe('a changed ward.yaml', () => {
  let t: TestGateway;
  let text: string;
  let config: Loose;
  beforeAll(async () => {
    t = await TestGateway.start();
    text = readFileSync(join(t.home, 'ward.yaml'), 'utf8');
    config = JSON.parse(text);
    await t.initialize();
  });
  afterAll(() => t.stop());

  const write = (next: unknown) =>
    writeFileSync(join(t.home, 'ward.yaml'), typeof next === 'string' ? next : JSON.stringify(next));
  const logged = (event: string) =>
    t.logLines.map((line): Loose => JSON.parse(line)).filter((entry) => entry.event === event);
  const events = async (eventType: string) =>
    (await t.gateway.home.audit.find({ limit: 1_000 })).filter((entry) => entry.eventType === eventType);

  it('adds a server without a restart, and the old session goes on', async () => {
    write({ ...config, servers: { ...config.servers, u: config.servers.t } });
    await expect
      .poll(() => t.gateway.catalogue.server('u')?.comparison?.added.length ?? 0, { timeout: 8_000 })
      .toBeGreaterThan(0);
    const list = await t.raw(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
      }),
      { path: '/servers/u/mcp' },
    );
    expect(list.message.result.serverInfo.name).toBe('test');
    // First sight: nothing is callable before a review.
    expect(t.gateway.catalogue.tools().some((tool) => tool.server === 'u')).toBe(false);
    expect((await t.call('echo', { message: 'on' })).message.result).toBeDefined();
    expect((await events('config.load')).length).toBe(1);
  });

  it('removes one: its address is gone, and its processes', async () => {
    const { upstream } = t.gateway.catalogue.server('u')!;
    write(config);
    await expect.poll(() => t.gateway.catalogue.server('u')).toBeUndefined();
    const gone = await t.stateless('server/discover', {}, {}, { path: '/servers/u/mcp' });
    expect([gone.status, codeOf(gone)]).toEqual([404, 'SERVER_UNKNOWN']);
    await expect.poll(() => upstream.status().processes, { timeout: 6_000 }).toBe(0);
  });

  it('changes the class of a tool for the next call, without another process', async () => {
    await t.call('echo', { message: 'm' });
    const { restarts } = t.gateway.catalogue.server('t')!.upstream.status();
    const tools = { ...config.servers.t.tools, echo: { class: 'destructive' } };
    write({ ...config, servers: { t: { ...config.servers.t, tools } } });
    await expect.poll(() => t.gateway.catalogue.tool('t', 'echo')?.toolClass).toBe('destructive');
    const asked = await t.call('echo', { message: 'm' });
    expect(codeOf(asked)).toBe('APPROVAL_REQUIRED');
    expect(asked.headers['x-ratelimit-limit']).toBe('5');
    expect(t.gateway.catalogue.server('t')!.upstream.status().restarts).toBe(restarts);
    write(config);
    await expect.poll(() => t.gateway.catalogue.tool('t', 'echo')?.toolClass).toBe('read_only');
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
  });

  const BROKEN: readonly [string, string, RegExp][] = [
    ['is not YAML', 'version: 1\nservers: {t: [\n', /:2:|:3:/],
    ['has an unknown setting', 'version: 1\nservers: {}\nlimit: {}\n', /:3:1: .*limit is not a known setting/],
    ['has a wrong value', 'version: 1\nlimits:\n  concurrency: many\n', /:3:\d+: .*concurrency must be a/],
  ];
  for (const [what, broken, place] of BROKEN) {
    it(`is refused with line and reason where it ${what}, and the old one stays`, async () => {
      const before = logged('config.refuse').length;
      write(broken);
      await expect.poll(() => logged('config.refuse').length).toBe(before + 1);
      expect(logged('config.refuse').at(-1)).toMatchObject({
        code: 'CONFIG_INVALID',
        reason: expect.stringMatching(place),
      });
      expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
      expect((await events('config.refuse')).length).toBe(before + 1);
      // Asked for by hand, the operator is told the same.
      const told = await control(t, 'POST', '/v1/reload');
      expect(told).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(place) });
    });
  }

  it('is refused whole where one server of it cannot be made, and nothing of it is in force', async () => {
    const before = logged('config.refuse').length;
    const tools = { echo: { class: 'destructive', checks: { '/message': { is: 'no-such-check' } } } };
    write({ ...config, limits: { concurrency: 3 }, servers: { t: { ...config.servers.t, tools } } });
    await expect.poll(() => logged('config.refuse').length).toBe(before + 1);
    expect(logged('config.refuse').at(-1)?.reason).toMatch(/^servers\.t\.tools\.echo\.checks: .*no-such-check/);
    expect((await control(t, 'POST', '/v1/reload')).code).toBe('CONFIG_INVALID');
    expect(t.gateway.config.limits.concurrency).toBe(10);
    expect(t.gateway.catalogue.tool('t', 'echo')?.toolClass).toBe('read_only');
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
  });

  it('brings no fresh bucket to an agent', async () => {
    const left = Number((await t.call('echo', { message: 'm' })).headers['x-ratelimit-remaining']);
    write({ ...config, approvals: { quorum: 2 } });
    await expect.poll(() => t.gateway.config.approvals.quorum).toBe(2);
    expect(Number((await t.call('echo', { message: 'm' })).headers['x-ratelimit-remaining'])).toBe(left - 1);
  });

  it('is read again on SIGHUP', async () => {
    write(config);
    await expect.poll(() => t.gateway.config.approvals.quorum).toBe(1);
    const before = (await events('config.load')).length;
    process.kill(process.pid, 'SIGHUP');
    await expect.poll(async () => (await events('config.load')).length).toBeGreaterThan(before);
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
  });
});

describe('changed policies', () => {
  verifies('XR-FAIL-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
    await t.initialize();
  });
  afterAll(() => t.stop());

  const policy = (text: string) => writeFileSync(join(t.home, 'policies/more.cedar'), text);
  const reload = () => control(t, 'POST', '/v1/reload');

  it('are in force for the next call, and for what is listed', async () => {
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
    policy(
      '@id("no-echo") forbid(principal, action == Ward::Action::"call", resource) when { resource.name == "echo" };',
    );
    const { version } = t.gateway.services.policy();
    await expect.poll(() => t.gateway.services.policy().version).not.toBe(version);
    expect(codeOf(await t.call('echo', { message: 'm' }))).toBe('POLICY_DENIED');
    const listed = (await t.request('tools/list')).message.result.tools.map((tool: Loose) => tool.name);
    expect(listed).not.toContain('echo');
    expect(listed).toContain('secret');
  });

  it('that are broken are refused with file and line, and the old ones stay in force', async () => {
    const { version } = t.gateway.services.policy();
    policy('// a comment\npermit(principal, action, resource) when { nonsense };\n');
    expect(await reload()).toMatchObject({ code: 'POLICY_INVALID', message: expect.stringMatching(/^more\.cedar:2:/) });
    expect(t.gateway.services.policy().version).toBe(version);
    expect(codeOf(await t.call('echo', { message: 'm' }))).toBe('POLICY_DENIED');
    expect((await control(t, 'GET', '/v1/status')).policyProblem.code).toBe('POLICY_INVALID');
    policy('// mended\n');
    await reload();
    expect(t.gateway.policyProblem).toBeUndefined();
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
  });

  it('that are broken at the start mean that nothing is permitted', async () => {
    await t.stop(true);
    policy('permit(');
    t = await TestGateway.start({ home: t.home });
    await t.initialize();
    expect(t.gateway.policyProblem?.code).toBe('POLICY_INVALID');
    expect(codeOf(await t.call('echo', { message: 'm' }))).toBe('POLICY_DENIED');
  });
});

describe('two gateways on one home', () => {
  it('the second is refused with the pid of the first, which goes on', async () => {
    const t = await TestGateway.start();
    const second = startGateway({ home: t.home, port: 0, log: t.gateway.services.log });
    await expect(second).rejects.toMatchObject({
      code: 'STORE_HOME_IN_USE',
      message: expect.stringContaining(String(process.pid)),
    });
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
    await t.stop();
  });
});
