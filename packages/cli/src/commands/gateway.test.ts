import { readFileSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { FakeControl, FakeError } from '../testing/fake-control.ts';
import { TestTerminal } from '../testing/terminal.ts';

const SERVER = {
  id: 'files',
  state: 'ready',
  sandbox: `sha256:${'a'.repeat(64)}`,
  tools: 14,
  quarantined: 0,
  reviewed: true,
};
const STATUS = {
  version: '0.1.0',
  pid: 7,
  url: 'https://localhost:7443',
  caFile: '/h/tls/ca.pem',
  pin: 'sha256/x',
  startedAt: 0,
  servers: [SERVER, { ...SERVER, id: 'new', reviewed: false }, { ...SERVER, id: 'drifted', quarantined: 2 }],
  audit: { size: 3, origin: 'o', healthy: true },
  policyVersion: 'v',
};

describe('commands on a running gateway', () => {
  let terminal: TestTerminal;
  let control: FakeControl;
  beforeEach(async () => {
    terminal = new TestTerminal();
    await makeDirectorySecure(terminal.home);
    control = await FakeControl.start(terminal.home, {
      'GET /v1/status': STATUS,
      'GET /v1/servers': { servers: STATUS.servers },
      'POST /v1/reload': { policyVersion: 'v2' },
      'GET /v1/servers/files/diff': {
        changed: [{ tool: 'read_file', lines: ['- old', '+ new'] }],
        added: ['x'],
        removed: ['y'],
      },
      'GET /v1/servers/calm/diff': { changed: [], added: [], removed: [] },
      'POST /v1/servers/files/pin': { server: 'files', pinned: 2 },
      'GET /v1/agents': {
        agents: [
          { id: 'local', roles: ['agent'], createdAt: 0 },
          { id: 'old', roles: [], createdAt: 0, revokedAt: 1 },
        ],
      },
      'POST /v1/agents': { id: 'bob', token: 'ward_bob_secret-token-value' },
      'DELETE /v1/agents/bob': { id: 'bob', revoked: true },
      'POST /v1/policy/check': {
        ok: false,
        problems: [{ file: 'a.cedar', line: 3, column: 5, message: 'unknown tool' }],
      },
      'POST /v1/policy/explain': { decision: { effect: 'confirm' }, text: 'confirm: by destructive-asks' },
      'POST /v1/policy/test': {
        results: [
          { name: 'one', passed: true },
          { name: 'two', passed: false, expected: 'allow', got: 'deny' },
        ],
      },
      'POST /v1/audit/verify': (_: unknown, response: ServerResponse) =>
        void response.end(
          '{"checked":1,"total":2}\n{"done":true,"ok":true,"entries":2,"first":1,"last":2,"root":"ab","timesBack":0}\n',
        ),
    });
  });
  afterEach(async () => {
    await control.close();
    terminal.dispose();
  });

  it('status shows address, pin, log and what each server needs', async () => {
    const { exit, stdout } = await terminal.run(['status']);
    expect(exit).toBe(0);
    for (const part of [
      'https://localhost:7443',
      'sha256/x',
      '3 entries',
      'ward servers pin new',
      'ward servers diff drifted',
      'contained aaaaaaaa',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(JSON.parse((await terminal.run(['status', '--json'])).stdout)).toEqual(STATUS);
  });

  it('servers list, reload', async () => {
    expect((await terminal.run(['servers', 'list'])).stdout).toContain('files');
    expect((await terminal.run(['reload'])).stdout).toBe('reloaded\n');
    control.routes['POST /v1/reload'] = new FakeError(400, {
      code: 'CONFIG_INVALID',
      message: 'ward.yaml:3:1: x is not a known setting',
    });
    expect(await terminal.run(['reload'])).toMatchObject({ exit: 1, stderr: expect.stringContaining('ward.yaml:3:1') });
  });

  it('servers diff shows what changed, line by line', async () => {
    const { stdout } = await terminal.run(['servers', 'diff', 'files']);
    expect(stdout).toContain('changed read_file\n  - old\n  + new\nadded   x\nremoved y\n');
    expect((await terminal.run(['servers', 'diff', 'calm'])).stdout).toBe('nothing changed since the review\n');
  });

  it('servers pin wants a yes, and says who reviewed', async () => {
    const without = await terminal.run(['servers', 'pin', 'files']);
    expect([without.exit, without.stderr.includes('pass --yes')]).toEqual([2, true]);
    expect(without.stderr).toContain('changed read_file');
    expect((await terminal.run(['servers', 'pin', 'files', 'read_file', '--yes', '--by', 'ann'])).exit).toBe(0);
    expect(control.asked.at(-1)).toEqual({
      route: 'POST /v1/servers/files/pin',
      body: { tools: ['read_file'], by: 'ann' },
    });
  });

  it('agents: lists, shows a token once, keeps it where asked, revokes', async () => {
    expect((await terminal.run(['agents', 'list'])).stdout).toMatch(/old .* revoked/);
    const added = await terminal.run(['agents', 'add', 'bob']);
    expect(added.stdout).toBe('ward_bob_secret-token-value\n');
    expect(control.asked.at(-1)?.body).toEqual({ id: 'bob', roles: ['agent'] });
    const saved = await terminal.run(['agents', 'add', 'bob', '--save', '--role', 'a', 'b', '--name', 'Bob']);
    expect(saved.stdout + saved.stderr).not.toContain('secret-token');
    expect(control.asked.at(-1)?.body).toEqual({ id: 'bob', roles: ['a', 'b'], name: 'Bob' });
    const file = homePaths(terminal.home).tokenFile('bob');
    expect(readFileSync(file, 'utf8')).toBe('ward_bob_secret-token-value\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await terminal.run(['agents', 'revoke', 'bob'])).exit).toBe(0);
  });

  it('policy: check, explain, test', async () => {
    const checked = await terminal.run(['policy', 'check']);
    expect([checked.exit, checked.stdout]).toEqual([1, 'a.cedar:3:5: unknown tool\n']);
    const explained = await terminal.run(['policy', 'explain', 'files.write_file', '{"path":"a"}', '--as', 'bob']);
    expect(explained.stdout).toContain('destructive-asks');
    expect(control.asked.at(-1)?.body).toEqual({
      principal: 'bob',
      tool: 'files.write_file',
      arguments: { path: 'a' },
    });
    const tested = await terminal.run(['policy', 'test', '-'], '- { principal: local, tool: a.b, expect: allow }\n');
    expect([tested.exit, tested.stdout]).toEqual([1, 'failed  two: expected allow, got deny\n1 of 2 cases passed\n']);
    expect(control.asked.at(-1)?.body).toEqual({ cases: [{ principal: 'local', tool: 'a.b', expect: 'allow' }] });
    expect((await terminal.run(['policy', 'test', '-'], 'a: &x 1\nb: *x')).exit).toBe(2);
  });

  it('audit verify through the gateway, and a damaged log ends with 4', async () => {
    expect(await terminal.run(['audit', 'verify'])).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^verified\n/),
    });
    control.routes['POST /v1/audit/verify'] = (_: unknown, response: ServerResponse) =>
      void response.end('{"done":true,"ok":false,"entries":1,"fault":{"what":"a frame does not open","sequence":2}}\n');
    const bad = await terminal.run(['audit', 'verify']);
    expect([bad.exit, bad.stderr.includes('a frame does not open at entry 2')]).toEqual([4, true]);
    control.routes['POST /v1/audit/verify'] = (_: unknown, response: ServerResponse) =>
      void response.end('{"checked":1,"total":2}\n');
    expect((await terminal.run(['audit', 'verify'])).exit).toBe(5);
  });

  it('audit tail follows as lines of JSON', async () => {
    const entry = {
      id: 'i',
      sequence: 4,
      timestamp: 't',
      eventType: 'tool.read',
      toolName: 'a.b',
      actor: { type: 'user' },
      operation: { result: 'success' },
    };
    control.routes['GET /v1/audit/tail?after=3&limit=100&follow=1'] = (_: unknown, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`: hello\n\ndata: ${JSON.stringify(entry)}\n\n`);
    };
    const { stdout } = await terminal.run(['audit', 'tail', '-f', '--after', '3', '--json']);
    expect(JSON.parse(stdout)).toEqual(entry);
  });

  it('completion is a script made from the commands there are', async () => {
    const { stdout } = await terminal.run(['completion', 'bash']);
    expect(stdout).toContain('approvals');
    expect(stdout).toContain('--passphrase-fd');
    expect((await terminal.run(['completion', 'zsh'])).stdout).toContain('bashcompinit');
  });
});
