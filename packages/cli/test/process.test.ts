import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { startFixture } from '@wardmesh/testkit/fixture';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveToken } from '../src/endpoint/token.ts';
import { homePaths } from '../src/home-paths.ts';
import { makeDirectorySecure } from '../src/operator/private-file.ts';
import { readLines } from '../src/read-lines.ts';
import { FakeControl } from '../src/testing/fake-control.ts';
import { TestTerminal } from '../src/testing/terminal.ts';
import { passTo, TlsFront, TOKEN } from '../src/testing/tls-front.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** `ward` as the process it is. */
function start(terminal: TestTerminal, argv: readonly string[]): ChildProcess & { output(): string } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
    env: { PATH: process.env.PATH, WARD_HOME: terminal.home },
    cwd: terminal.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  return Object.assign(child, { output: () => stderr });
}

async function result(terminal: TestTerminal, argv: readonly string[]) {
  const child = start(terminal, argv);
  let stdout = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  const [exit] = await once(child, 'close');
  return { exit, stdout, stderr: child.output() };
}

describe('the ward process', () => {
  let terminal: TestTerminal;
  beforeEach(() => {
    terminal = new TestTerminal();
  });
  afterEach(() => terminal.dispose());

  it('connect writes JSON-RPC and nothing else on stdout, and ends with its input', async () => {
    verifies('CM-CONN-1');
    const fixture = await startFixture();
    const front = await TlsFront.start(passTo(() => fixture.url));
    await makeDirectorySecure(terminal.home);
    const caFile = `${terminal.folder}/ca.pem`;
    writeFileSync(caFile, front.ca);
    const status = { url: front.origin, caFile, pin: front.pin };
    const control = await FakeControl.start(terminal.home, { 'GET /v1/status': status });
    await saveToken(homePaths(terminal.home).tokenFile('local'), TOKEN);
    const child = start(terminal, ['connect']);
    const lines = readLines(child.stdout!, 1_000_000);
    const ask = async (message: object): Promise<unknown> => {
      child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      return JSON.parse((await lines.next()).value);
    };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    expect(await ask({ id: 1, method: 'initialize', params })).toMatchObject({
      id: 1,
      result: { protocolVersion: '2025-11-25' },
    });
    child.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    expect(await ask({ id: 2, method: 'ping' })).toMatchObject({ id: 2, result: {} });
    child.stdin?.end();
    const [exit] = await once(child, 'close');
    expect(exit).toBe(0);
    expect(child.output()).not.toContain(TOKEN);
    await Promise.all([control.close(), front.close()]);
    await fixture.close();
  });

  it('up serves a protected call at once, refuses a second gateway, and ends gracefully', {
    timeout: 120_000,
  }, async () => {
    verifies('WM-UX-1');
    await terminal.run(['init', '--no-passphrase']);
    const { config } = homePaths(terminal.home);
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('port: 7443', 'port: 0').replace('port: 7450, ', 'port: 0, '),
      { mode: 0o600 },
    );
    const gateway = start(terminal, ['up', '--json']);
    try {
      const ready = JSON.parse((await readLines(gateway.stdout!, 100_000).next()).value);
      expect(ready).toEqual({
        event: 'ready',
        url: expect.stringMatching(/^https:\/\/localhost:\d+$/),
        ca: homePaths(terminal.home).caFile,
        pin: expect.stringMatching(/^sha256\//),
        home: terminal.home,
        token_file: homePaths(terminal.home).tokenFile('local'),
        recovery: expect.objectContaining({ fresh: true, closedIntents: [] }),
        processes: [
          expect.objectContaining({ name: 'local ledger', state: 'running' }),
          expect.objectContaining({ name: 'signer', state: 'running' }),
        ],
      });
      const called = await result(terminal, ['call', 'everything.echo', '{"message":"hi"}', '--json']);
      expect(called.stderr).toBe('');
      const { receipt } = JSON.parse(called.stdout);
      await result(terminal, ['audit', 'export', '--receipt', receipt, '-o', 'r.json']);
      expect((await result(terminal, ['verify', 'r.json'])).stdout).toMatch(/^verified\n/);
      const parked = await result(terminal, ['call', 'files.write_file', '{"path":"a","content":"b"}', '--json']);
      expect(parked.exit).toBe(3);
      const { approvalId } = JSON.parse(parked.stderr);
      expect((await result(terminal, ['approvals', 'approve', approvalId, '--yes'])).exit).toBe(0);
      const released = ['call', 'files.write_file', '{"path":"a","content":"b"}', '--approval', approvalId];
      expect((await result(terminal, released)).exit).toBe(0);
      expect(readFileSync(`${homePaths(terminal.home).workspace}/a`, 'utf8')).toBe('b');
      expect((await result(terminal, released)).exit).toBe(3);
      const second = await result(terminal, ['up', '--json']);
      expect([second.exit, JSON.parse(second.stderr.trim().split('\n').at(-1)!).code]).toEqual([
        5,
        'STORE_HOME_IN_USE',
      ]);
    } finally {
      gateway.kill('SIGTERM');
    }
    const [exit] = await once(gateway, 'close');
    expect(exit).toBe(0);
    expect((await result(terminal, ['audit', 'verify'])).exit).toBe(0);
  });
});
