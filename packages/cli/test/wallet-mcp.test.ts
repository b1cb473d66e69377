import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { readLines } from '../src/read-lines.ts';
import { TestTerminal } from '../src/testing/terminal.ts';

/** Nothing listens there. */
const NOWHERE = 'ws://127.0.0.1:9';
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('ward wallet-mcp', { timeout: 120_000 }, () => {
  const terminals: TestTerminal[] = [];
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    for (const terminal of terminals.splice(0)) terminal.dispose();
  });

  function start(): { child: ChildProcess; terminal: TestTerminal; lines: AsyncGenerator<string> } {
    const terminal = new TestTerminal();
    terminals.push(terminal);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'wallet-mcp'], {
      env: { PATH: process.env.PATH, WARD_HOME: terminal.home },
      cwd: terminal.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    child.stderr?.resume();
    return { child, terminal, lines: readLines(child.stdout!, 1_048_576) };
  }

  it('serves the tools with a signer of its own, and takes it down when the client leaves', async () => {
    verifies('XR-WAL-1');
    const { child, terminal, lines } = start();
    const say = (message: object): void =>
      void child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const hear = async () => JSON.parse((await lines.next()).value ?? 'null');
    const clientInfo = { name: 'test', version: '1' };
    say({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
    expect(await hear()).toMatchObject({ id: 1, result: { serverInfo: { name: 'wallet' } } });
    say({ method: 'notifications/initialized' });
    say({ id: 2, method: 'tools/call', params: { name: 'wallet_list', arguments: {} } });
    expect(await hear()).toMatchObject({ id: 2, result: { structuredContent: { wallets: [], total: 0 } } });
    // What the agent may not do itself, it asks for; a person does it with a password that no tool sees.
    const wish = { network: 'local', wallet_name: 'shop' };
    say({ id: 3, method: 'tools/call', params: { name: 'wallet_create', arguments: wish } });
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(JSON.stringify(await hear()))?.[0] ?? '';
    const listed = await terminal.run(['approvals', 'list']);
    expect(listed.stdout).toMatch(new RegExp(`${id} +wallet.create`));
    for (const [name, text] of [
      ['pass', 'Correct Horse 1'],
      ['backup-pass', 'Battery Staple 2'],
    ] as const)
      writeFileSync(`${terminal.folder}/${name}`, text, { mode: 0o600 });
    const secrets = ['--password-file', 'pass', '--backup-password-file', 'backup-pass'];
    const made = await terminal.run([
      'wallet',
      'create',
      '--request',
      id,
      ...secrets,
      '--no-fund',
      '--endpoint',
      NOWHERE,
    ]);
    expect([made.exit, made.stderr]).toEqual([0, expect.stringContaining('agent asks')]);
    say({ id: 4, method: 'tools/call', params: { name: 'wallet_list', arguments: {} } });
    expect(await hear()).toMatchObject({ id: 4, result: { structuredContent: { wallets: [{ name: 'shop' }] } } });
    const again = await terminal.run(['wallet', 'create', '--request', id, ...secrets]);
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining('APPROVAL_CLOSED')]);
    child.stdin?.end();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    // Nothing else was on standard output.
    expect((await lines.next()).done).toBe(true);
  });

  it('refuses an endpoint that names no network', async () => {
    const terminal = new TestTerminal();
    terminals.push(terminal);
    const { exit, stderr } = await terminal.run(['wallet-mcp', '--endpoint', 'ws://127.0.0.1:1']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('NETWORK=URL')]);
  });
});
