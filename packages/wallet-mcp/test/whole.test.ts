import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { approvalMessage } from '@wardmesh/approvals';
import { parseStrictJson, systemClock, systemRandom, utf8 } from '@wardmesh/core';
import { type LedgerServer, startLedgerServer, TestLedger, testWallet } from '@wardmesh/local-ledger';
import { type SignerProcess, startSigner } from '@wardmesh/signer';
import { SignerClient } from '@wardmesh/signer/client';
import { verifies } from '@wardmesh/testkit';
import { Client, StdioClientTransport } from '@wardmesh/testkit/sdk-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const INSPECTOR = fileURLToPath(new URL('../../../node_modules/.bin/mcp-inspector', import.meta.url));
const PASSWORD = 'Correct-horse-7-battery';
const shop = testWallet('shop').address;

/** Everything real but the network: the signer in its sandbox, the server as a process, the official client. */
describe('the server as a process, with the signer in its sandbox', { timeout: 90_000 }, () => {
  let home: string;
  let signer: SignerProcess;
  let ledger: LedgerServer;
  let operator: SignerClient;
  let client: Client;
  let address: string;
  const anna = generateKeyPairSync('ed25519');

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'ward-'));
    const raw = anna.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
    mkdirSync(join(home, 'operator'), { mode: 0o700 });
    const approvers = { approvers: [{ keyId: 'anna', by: 'anna', publicKey: raw }] };
    writeFileSync(join(home, 'operator', 'approvers.json'), JSON.stringify(approvers), { mode: 0o600 });
    signer = await startSigner({ home, log: () => undefined, clock: systemClock, random: systemRandom });
    operator = await SignerClient.connect({ socket: signer.operatorSocket });
    ledger = await startLedgerServer({ ledger: new TestLedger(), closeEveryMs: 200 });
    ledger.ledger.fund(shop);
    client = new Client({ name: 'whole', version: '1.0.0' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: args(), stderr: 'ignore' }));
    const params = {
      network: 'local',
      name: 'till',
      algorithm: null,
      policy: null,
      kind: 'agent',
      purpose: null,
      approvalId: null,
    } as const;
    const { result } = await operator.request('wallet.create', params, [utf8(PASSWORD)]);
    address = result.wallet.address;
    await operator.request('wallet.unlock', { network: 'local', address }, [utf8(PASSWORD)]);
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    await operator?.close();
    await signer?.stop();
    await ledger?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const args = (): string[] => [
    MAIN,
    '--signer',
    signer.agentSocket,
    '--network',
    'local',
    '--endpoint',
    `local=${ledger.url}`,
  ];

  async function call(name: string, given: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const { structuredContent, content, isError } = await client.callTool({ name, arguments: given });
    const [block] = content as { text: string }[];
    return isError === true ? { error: JSON.parse(block?.text ?? '') } : (structuredContent as Record<string, unknown>);
  }
  const pay = (amount_xrp: string) =>
    call('wallet_pay', { wallet_address: address, destination: shop, amount_xrp, timeout: 10 });

  it('lists, funds, pays, and shows what it paid', async () => {
    verifies('XR-WAL-1', 'XR-WAL-2', 'XR-WAL-4');
    expect(await call('wallet_list')).toMatchObject({
      total: 1,
      wallets: [{ address, name: 'till', network: 'local', unlocked: true }],
    });
    expect(await call('wallet_fund', { wallet_address: address })).toMatchObject({
      status: 'funded',
      initial_balance_drops: '1000000000',
    });
    expect(await pay('25')).toMatchObject({
      signing: { status: 'approved', policy_tier: 1 },
      submission: { status: 'validated', result: { success: true } },
    });
    expect(await call('wallet_history', { wallet_address: address, limit: 1 })).toMatchObject({
      transactions: [{ type: 'Payment', amount_drops: '25000000', policy_tier: 1 }],
    });
    expect(await call('wallet_balance', { wallet_address: address })).toMatchObject({
      policy_status: { hourly_transaction_count: 1 },
    });
  });

  it('parks what the policy parks, and releases it after its delay', async () => {
    verifies('XR-WAL-2', 'XR-SEQ-1');
    const { signing, submission } = (await pay('150')) as { signing: { approval_id: string }; submission: null };
    expect(submission).toBeNull();
    expect(signing).toMatchObject({ status: 'pending_approval', policy_tier: 2, approval_status: 'waiting' });
    const { approval_id } = signing;
    expect(await call('approval_status', { approval_id })).toMatchObject({
      approval_status: 'waiting',
      signed_tx: null,
    });
    await new Promise((resolve) => setTimeout(resolve, 10_500));
    const released = await call('approval_status', { approval_id });
    expect(released).toMatchObject({ approval_status: 'released', signed_tx: expect.any(String) });
    expect(await call('tx_submit', { signed_tx: released.signed_tx, timeout: 10 })).toMatchObject({
      status: 'validated',
      result: { success: true },
    });
  });

  it('asks a person for a wallet, refuses without one, and never sees a secret', async () => {
    const asked = await call('wallet_create', { wallet_name: 'second' });
    expect(asked).toMatchObject({ status: 'pending_approval', kind: 'create' });
    const params = {
      network: 'local',
      name: 'second',
      algorithm: null,
      policy: null,
      kind: 'agent',
      purpose: null,
    } as const;
    await operator.request('wallet.create', { ...params, approvalId: String(asked.approval_id) }, [utf8(PASSWORD)]);
    expect(await call('approval_status', { approval_id: asked.approval_id })).toMatchObject({
      approval_status: 'released',
    });
    expect(await call('wallet_list')).toMatchObject({ total: 2 });
    expect(await call('wallet_import', { seed: 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2' })).toMatchObject({
      error: { code: 'SECRET_REFUSED' },
    });
  });

  it('sends what people have signed for, and not before', async () => {
    verifies('XR-WAL-2');
    await call('wallet_fund', { wallet_address: address });
    const { signing } = (await pay('1200')) as { signing: { approval_id: string } };
    expect(signing).toMatchObject({ status: 'pending_approval', policy_tier: 3 });
    const { approval_id } = signing;
    expect(await call('approval_status', { approval_id })).toMatchObject({
      approval_status: 'pending',
      signed_tx: null,
    });
    const { request } = (await operator.request('approvals.show', { approvalId: approval_id })).result;
    const signature = sign(null, approvalMessage('approve', String(request.over)), anna.privateKey).toString('base64');
    await operator.request('approvals.approve', { approvalId: approval_id, keyId: 'anna', signature });
    const released = await call('approval_status', { approval_id });
    expect(released).toMatchObject({ approval_status: 'released', quorum: { collected: 1 } });
    expect(await call('tx_submit', { signed_tx: released.signed_tx, timeout: 10 })).toMatchObject({
      status: 'validated',
    });
  });

  it('locks and finishes an escrow', async () => {
    verifies('XR-ESC-1');
    const { condition, fulfillment } = await call('generate_condition');
    const terms = { condition, cancel_after: new Date(Date.now() + 3_600_000).toISOString() };
    const created = await call('escrow_create', {
      wallet_address: address,
      destination: shop,
      amount_xrp: '5',
      ...terms,
    });
    const { approval_id } = created.signing as { approval_id: string };
    await new Promise((resolve) => setTimeout(resolve, 10_500));
    const { signed_tx } = await call('approval_status', { approval_id });
    const { escrow_reference } = await call('tx_submit', { signed_tx, timeout: 10 });
    expect(await call('escrow_status', escrow_reference as Record<string, unknown>)).toMatchObject({
      state: 'finishable',
      destination: shop,
    });
    const finish = { wallet_address: address, ...(escrow_reference as object), fulfillment };
    expect(await call('escrow_finish', finish)).toMatchObject({
      signing: { status: 'approved' },
      submission: { status: 'validated', result: { success: true } },
    });
  });

  it('the official Inspector lists and calls its tools', async () => {
    const config = join(home, 'mcp.json');
    writeFileSync(
      config,
      JSON.stringify({ mcpServers: { wallet: { type: 'stdio', command: process.execPath, args: args() } } }),
    );
    const inspect = (more: readonly string[]) =>
      new Promise<string>((resolve, reject) => {
        const all = [INSPECTOR, '--cli', '--config', config, '--server', 'wallet', ...more, '--format', 'json'];
        execFile(process.execPath, all, { timeout: 60_000, maxBuffer: 16_777_216 }, (error, stdout) =>
          error === null ? resolve(stdout) : reject(error),
        );
      });
    expect(await inspect(['--method', 'tools/list'])).toContain('"escrow_create"');
    expect(await inspect(['--method', 'tools/call', '--tool-name', 'wallet_list'])).toContain(address);
  });

  it('W17: standard output carries JSON-RPC only, whatever else the process prints', async () => {
    const noise =
      "setTimeout(() => setInterval(() => { console.log('noise'); process.stdout.write('more noise\\n'); }, 2), 100);";
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(noise)}`, ...args()],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const clientInfo = { name: 'raw', version: '1' };
    child.stdin.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } })}\n`,
    );
    for (let i = 2; i < 30; i++) {
      child.stdin.write(
        `${JSON.stringify({ jsonrpc: '2.0', id: i, method: 'tools/call', params: { name: i % 2 === 0 ? 'wallet_list' : 'no_such_tool', arguments: {} } })}\n`,
      );
    }
    for (let i = 0; i < 300 && (out.split('\n').length < 30 || err.split('noise').length < 10); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.stdin.end();
    expect(await ended).toBe(0);
    expect(err).toContain('more noise');
    const lines = out.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThanOrEqual(29);
    for (const line of lines) {
      const parsed = parseStrictJson(line);
      expect(parsed.ok && (parsed.value as { jsonrpc?: string }).jsonrpc, line).toBe('2.0');
    }
  });

  it('says on standard error what is wrong with its flags, and nothing on standard output', async () => {
    const run = (given: readonly string[]) =>
      new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
        const env = { ...process.env, WARD_SIGNER_SOCKET: '' };
        execFile(process.execPath, [MAIN, ...given], { env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code), out, err }),
        );
      });
    expect(await run([])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('INVALID_OPTION') });
    expect(await run(['--signer', '/s', '--endpoint', 'local=http://x'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('INVALID_ENDPOINT'),
    });
    expect(await run(['--help'])).toMatchObject({ code: 0, out: '', err: expect.stringContaining('--signer') });
  });
});
