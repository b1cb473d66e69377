import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlClient } from '../src/control-client.ts';
import type { ProcessStatus } from '../src/control-types.ts';
import { homePaths } from '../src/home-paths.ts';
import { readLines } from '../src/read-lines.ts';
import { TestTerminal } from '../src/testing/terminal.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** The account that holds all XRP of a new ledger. */
const GENESIS = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';

// biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
type Loose = Record<string, any>;

interface Up {
  readonly child: ChildProcess;
  readonly ready: { readonly processes: readonly ProcessStatus[] };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a wallet behind ward up', { timeout: 300_000 }, () => {
  const terminal = new TestTerminal();
  const paths = homePaths(terminal.home);
  const control = new ControlClient(paths.controlSocket);
  let running: Up | undefined;
  let address = '';

  async function up(): Promise<Up> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'up', '--json'], {
      env: { PATH: process.env.PATH, WARD_HOME: terminal.home },
      cwd: terminal.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (part) => {
      said += part;
    });
    const { value } = await readLines(child.stdout!, 100_000).next();
    if (value === undefined) throw new Error(`ward up ended: ${said}`);
    return { child, ready: JSON.parse(value) };
  }

  const ward = async (...argv: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await terminal.run(argv);
    if (exit !== 0) throw new Error(`ward ${argv.join(' ')} ended with ${exit}: ${stderr}`);
    return stdout;
  };

  async function call(tool: string, args: object): Promise<{ result: Loose; receipt: string }> {
    const said = JSON.parse(await ward('call', `wallet.${tool}`, JSON.stringify(args), '--json'));
    return { result: said.result.structuredContent, receipt: said.receipt };
  }

  /** Asks again until the veto window of a parked transaction is over. */
  async function untilSigned(approvalId: string): Promise<{ result: Loose; receipt: string }> {
    for (;;) {
      const seen = await call('approval_status', { approval_id: approvalId });
      if (seen.result.signed_tx !== null) return seen;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }

  /** What `ward verify` prints of a receipt. */
  async function verified(receipt: string): Promise<string> {
    await ward('audit', 'export', '--receipt', receipt, '-o', join(terminal.folder, `${receipt}.json`));
    return ward('verify', join(terminal.folder, `${receipt}.json`));
  }

  async function processNamed(name: string): Promise<ProcessStatus> {
    return (await control.status()).processes!.find((process) => process.name === name)!;
  }

  async function untilRestarted(name: string): Promise<ProcessStatus> {
    for (;;) {
      const seen = await processNamed(name);
      if (seen.state === 'running' && seen.restarts > 0) return seen;
      if (seen.state === 'broken') throw new Error(`${name} is not started again: ${seen.error?.message}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  beforeAll(async () => {
    await ward('init', '--no-passphrase');
    const port = await freePort();
    const config = readFileSync(paths.config, 'utf8')
      .replace('port: 7443', 'port: 0')
      .replaceAll('7450', String(port))
      .replace('closeEvery: 3s', 'closeEvery: 1s');
    writeFileSync(paths.config, config, { mode: 0o600 });
    for (const name of ['password', 'backup']) {
      writeFileSync(join(terminal.folder, name), `${name} horse battery 9X\n`, { mode: 0o600 });
    }
    running = await up();
  }, 120_000);
  afterAll(async () => {
    if (running?.child.exitCode === null && running.child.signalCode === null) {
      running.child.kill('SIGTERM');
      await once(running.child, 'close');
    }
    terminal.dispose();
  }, 60_000);

  it('starts the ledger and the signer with the gateway', async () => {
    verifies('CH-TEE-1', 'WM-UX-1');
    expect(running!.ready.processes).toEqual([
      {
        name: 'local ledger',
        state: 'running',
        pid: expect.any(Number),
        restarts: 0,
        address: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
      },
      { name: 'signer', state: 'running', pid: expect.any(Number), restarts: 0 },
    ]);
    const doctor = await ward('doctor');
    expect(doctor).toMatch(/^ok +signer +.*no network/m);
    expect(doctor).toMatch(/^ok +wallets +0 wallets/m);
    expect(doctor).toMatch(/^ok +modes /m);
  });

  it('pays, and the receipt names the transaction', async () => {
    verifies('WM-RCP-1', 'WM-UX-1');
    const passwords = ['--password-file', 'password', '--backup-password-file', 'backup'];
    await ward('wallet', 'create', ...passwords);
    const { result: listed } = await call('wallet_list', {});
    address = listed.wallets[0].address;
    const paid = await call('wallet_pay', { wallet_address: address, destination: GENESIS, amount_xrp: '2' });
    expect(paid.result.submission.result.result_code).toBe('tesSUCCESS');
    const shown = await verified(paid.receipt);
    expect(shown).toMatch(/^verified\n/);
    expect(shown).toContain(`xrpl:31337:${paid.result.signing.tx_hash}`);
    expect(shown).toContain('allow by signer-decides');
    expect(await ward('status')).toMatch(/^wallets +1 wallet, 1 unlocked/m);
  });

  it('locks an escrow after its veto window and releases it, each with its transaction in the receipt', async () => {
    const { result: made } = await call('generate_condition', {});
    const created = await call('escrow_create', {
      wallet_address: address,
      destination: GENESIS,
      amount_xrp: '3',
      condition: made.condition,
      cancel_after: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect(created.result.signing).toMatchObject({ status: 'pending_approval', policy_tier: 2 });
    expect(await verified(created.receipt)).not.toContain('xrpl:31337');
    const released = await untilSigned(created.result.signing.approval_id);
    expect(await verified(released.receipt)).toContain(`xrpl:31337:${released.result.tx_hash}`);
    const submitted = await call('tx_submit', { signed_tx: released.result.signed_tx });
    expect(await verified(submitted.receipt)).toContain(`xrpl:31337:${released.result.tx_hash}`);
    const { owner, sequence } = submitted.result.escrow_reference;
    const finished = await call('escrow_finish', {
      wallet_address: address,
      owner,
      sequence,
      fulfillment: made.fulfillment,
    });
    expect(finished.result.submission.result.result_code).toBe('tesSUCCESS');
    expect(await verified(finished.receipt)).toContain(`xrpl:31337:${finished.result.signing.tx_hash}`);
    const { receipt } = await call('wallet_balance', { wallet_address: address });
    expect(await verified(receipt)).not.toContain('xrpl:31337');
  });

  it('goes on where the ledger was killed', async () => {
    process.kill((await processNamed('local ledger')).pid!, 'SIGKILL');
    await untilRestarted('local ledger');
    const { result } = await call('wallet_balance', { wallet_address: address });
    expect(Number(result.balance_xrp)).toBeGreaterThan(990);
    expect((await processNamed('local ledger')).restarts).toBe(1);
  });

  it('comes back locked where the signer was killed, and signs again once it is unlocked', async () => {
    verifies('CH-TEE-1');
    const before = (await processNamed('signer')).pid!;
    process.kill(before, 'SIGKILL');
    const again = await untilRestarted('signer');
    expect(again.pid).not.toBe(before);
    const pay = { wallet_address: address, destination: GENESIS, amount_xrp: '1' };
    const refused = await terminal.run(['call', 'wallet.wallet_pay', JSON.stringify(pay), '--json']);
    expect(refused.exit).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain('WALLET_LOCKED');
    await ward('wallet', 'unlock', address, '--password-file', 'password');
    expect((await call('wallet_pay', pay)).result.submission.result.success).toBe(true);
  });

  it('leaves no process behind, however it ends', async () => {
    const pids = async () => {
      const { processes, pid } = await control.status();
      return [pid, ...processes!.map((process) => process.pid!)];
    };
    const first = await pids();
    running!.child.kill('SIGTERM');
    expect(await once(running!.child, 'close')).toEqual([0, null]);
    expect(first.filter(isAlive)).toEqual([]);
    running = await up();
    const second = await pids();
    running!.child.kill('SIGKILL');
    await once(running!.child, 'close');
    await expect.poll(() => second.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });
});
