import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { expect, it } from 'vitest';
import { homePaths } from '../src/home-paths.ts';
import { readLines } from '../src/read-lines.ts';
import { TestTerminal } from '../src/testing/terminal.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const BWRAP = '/usr/bin/bwrap';

/** A machine without bubblewrap: this one, with another file in its place. */
const HIDDEN = ['--dev-bind', '/', '/', '--ro-bind', '/dev/null', BWRAP, '--die-with-parent'];

it('serves without a signer where no sandbox can be made, and says so', { timeout: 120_000 }, async () => {
  verifies('CH-TEE-1');
  const terminal = new TestTerminal();
  const ward = async (...argv: string[]) => terminal.run(argv);
  await ward('init', '--no-passphrase');
  writeFileSync(
    homePaths(terminal.home).config,
    `version: 1
listen: { port: 0 }
servers:
  everything: { package: '@modelcontextprotocol/server-everything', args: [stdio], sandbox: none }
wallet: { network: local }
`,
    { mode: 0o600 },
  );
  const child = spawn(BWRAP, [...HIDDEN, process.execPath, '--no-warnings', MAIN, 'up', '--json'], {
    env: { PATH: process.env.PATH, WARD_HOME: terminal.home },
    cwd: terminal.folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const { value } = await readLines(child.stdout!, 100_000).next();
    const error = { code: 'SANDBOX_UNAVAILABLE', message: 'bubblewrap is not installed' };
    expect(JSON.parse(value ?? '{}').processes).toEqual([
      { name: 'signer', state: 'refused', restarts: 0, error: expect.objectContaining(error) },
    ]);
    expect((await ward('call', 'everything.echo', '{"message":"hi"}')).stdout).toContain('hi');
    expect((await ward('status')).stdout).toMatch(/^signer +NOT RUNNING: bubblewrap is not installed/m);
    expect((await ward('doctor')).stdout).toMatch(/^fail +signer +NOT RUNNING: bubblewrap is not installed/m);
    const asked = await ward('wallet', 'list', '--json');
    expect([asked.exit, JSON.parse(asked.stderr).code]).toEqual([5, 'SIGNER_NOT_RUNNING']);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
    terminal.dispose();
  }
});
