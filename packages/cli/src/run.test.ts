import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeControl, FakeError } from './testing/fake-control.ts';
import { TestTerminal } from './testing/terminal.ts';
import { VERSION } from './version.ts';

describe('ward', () => {
  let terminal: TestTerminal;
  beforeEach(() => {
    terminal = new TestTerminal();
  });
  afterEach(() => terminal.dispose());

  it('explains itself with examples and exit codes', async () => {
    const { exit, stdout, stderr } = await terminal.run(['--help']);
    expect(exit).toBe(0);
    expect(stderr).toBe('');
    for (const word of ['init', 'up', 'connect', 'call', 'approvals', 'verify', 'Examples:', 'Exit codes:']) {
      expect(stdout).toContain(word);
    }
  });

  it('lists no command that it does not have', async () => {
    const { stdout } = await terminal.run(['--help']);
    for (const word of ['share', 'choir', 'manifest', 'cluster', 'drill']) expect(stdout).not.toContain(`\n  ${word}`);
  });

  it.each([
    [['init', '--help'], 'ward init --home'],
    [['call', '--help'], 'ward call everything.echo'],
    [['connect', '--help'], 'mcpServers'],
    [['approvals', 'approve', '--help'], '--passphrase-fd'],
    [['audit', 'export', '--help'], 'ward verify r.json'],
  ])('explains %j', async (argv, expected) => {
    const { exit, stdout } = await terminal.run(argv);
    expect(exit).toBe(0);
    expect(stdout).toContain(expected);
  });

  it('has the version of its package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(manifest.version);
    expect((await terminal.run(['--version'])).stdout).toBe(`${VERSION}\n`);
  });

  it.each([
    [['nope'], "unknown command 'nope'"],
    [['call'], "missing required argument 'server.tool'"],
    [['status', '--wrong'], "unknown option '--wrong'"],
    [['audit', 'export'], "required option '--receipt <id>' not specified"],
    [['call', 'nodot'], 'name the tool as SERVER.TOOL'],
    [['completion', 'fish'], 'completion is for bash or zsh'],
  ])('ends %j with 2', async (argv, message) => {
    const { exit, stdout, stderr } = await terminal.run(argv);
    expect(exit).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('(USAGE)');
  });

  it('shows a group what it can do and ends with 2', async () => {
    const { exit, stderr } = await terminal.run(['audit']);
    expect(exit).toBe(2);
    expect(stderr).toContain('tail');
  });

  it.each(['status', 'reload', 'servers list', 'approvals list', 'policy check'])(
    'ends %s with 1 without a home',
    async (line) => {
      const { exit, stderr } = await terminal.run([...line.split(' '), '--json']);
      expect(exit).toBe(1);
      expect(JSON.parse(stderr)).toMatchObject({ code: 'HOME_MISSING', hint: expect.stringContaining('ward init') });
    },
  );

  describe('errors', () => {
    verifies('XR-ERR-1');

    it('are three readable lines at most, or one JSON object (golden)', async () => {
      const control = await FakeControl.start(terminal.home, {
        'GET /v1/status': new FakeError(503, {
          code: 'SHUTTING_DOWN',
          message: 'The gateway is shutting down.',
          hint: 'Start it again.',
          correlationId: '7a0c',
          cause: 'secret detail',
        }),
      });
      const plain = await terminal.run(['status']);
      expect(plain).toEqual({
        exit: 5,
        stdout: '',
        stderr:
          'ward: The gateway is shutting down. (SHUTTING_DOWN)\n      Start it again.\n      correlation id 7a0c\n',
      });
      const json = await terminal.run(['status', '--json']);
      expect(json).toEqual({
        exit: 5,
        stdout: '',
        stderr:
          '{"code":"SHUTTING_DOWN","message":"The gateway is shutting down.","hint":"Start it again.","correlationId":"7a0c"}\n',
      });
      await control.close();
    });

    it('of our own making say no more than an id, and keep the rest for the operator', async () => {
      const control = await FakeControl.start(terminal.home, { 'GET /v1/status': { planted: true } });
      const { exit, stderr } = await terminal.run(['status', '--json']);
      expect(exit).toBe(1);
      const body = JSON.parse(stderr);
      expect(body).toMatchObject({ code: 'INTERNAL', correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(stderr).not.toMatch(/TypeError|undefined|at .*\.ts/);
      const kept = readFileSync(`${terminal.home}/run/cli-faults.log`, 'utf8');
      expect(kept).toContain(body.correlationId);
      expect(kept).toContain('TypeError');
      await control.close();
    });

    it.each([
      ['a token', 'ward_local_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['a private key', '-----BEGIN PRIVATE KEY-----MC4CAQ-----END PRIVATE KEY-----'],
      ['an API key', 'sk-live-abcdefghijklmnopqrstuvwx'],
    ])('never show %s, wherever it came from', async (_name, canary) => {
      const control = await FakeControl.start(terminal.home, {
        'GET /v1/status': new FakeError(500, { code: 'BROKEN', message: `failed with ${canary}` }),
      });
      const { stderr } = await terminal.run(['status']);
      expect(stderr).not.toContain(canary.replaceAll('-----', ''));
      expect(stderr).not.toContain(canary.slice(0, 24));
      await control.close();
    });

    it('show no terminal control sequence that a gateway or a server put in', async () => {
      const control = await FakeControl.start(terminal.home, {
        'GET /v1/status': new FakeError(500, { code: 'BROKEN', message: 'a\u001b[2J\u202eb' }),
      });
      expect((await terminal.run(['status'])).stderr).toContain('a\\u{1b}[2J\\u{202e}b');
      await control.close();
    });
  });
});
