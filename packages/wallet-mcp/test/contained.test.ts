import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom, utf8 } from '@wardmesh/core';
import { startLedgerServer, TestLedger, testWallet } from '@wardmesh/local-ledger';
import { startSandboxed } from '@wardmesh/sandbox';
import { startSigner } from '@wardmesh/signer';
import { SignerClient } from '@wardmesh/signer/client';
import { verifies } from '@wardmesh/testkit';
import { Client } from '@wardmesh/testkit/sdk-client';
import { expect, it, onTestFinished } from 'vitest';
import { StreamTransport } from '../src/fixtures/stream-transport.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const PASSWORD = 'Correct-horse-7-battery';

it('runs in a connector’s sandbox: signer by its socket, ledger and faucet through the egress proxy, nothing else', {
  timeout: 90_000,
}, async () => {
  verifies('WM-SBX-2', 'XR-NET-1');
  const home = mkdtempSync(join(tmpdir(), 'ward-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const signer = await startSigner({ home, log: () => undefined, clock: systemClock, random: systemRandom });
  onTestFinished(() => signer.stop());
  const ledger = await startLedgerServer({ ledger: new TestLedger(), closeEveryMs: 200 });
  onTestFinished(() => ledger.stop());
  const operator = await SignerClient.connect({ socket: signer.operatorSocket });
  onTestFinished(() => operator.close());
  const params = {
    network: 'local',
    name: 'till',
    algorithm: null,
    policy: null,
    kind: 'agent',
    purpose: null,
    approvalId: null,
  } as const;
  const { address } = (await operator.request('wallet.create', params, [utf8(PASSWORD)])).result.wallet;
  await operator.request('wallet.unlock', { network: 'local', address }, [utf8(PASSWORD)]);

  const port = Number(new URL(ledger.url).port);
  const egress: string[] = [];
  const contained = await startSandboxed(
    {
      command: 'node',
      args: [
        join(ROOT, 'packages/wallet-mcp/src/main.ts'),
        ...['--signer', signer.agentSocket, '--network', 'local', '--endpoint', `local=${ledger.url}`],
        ...['--endpoint', 'testnet=wss://elsewhere.test'],
      ],
      read: [join(ROOT, 'packages'), join(ROOT, 'node_modules')],
      write: [signer.agentFolder],
      env: {},
      network: { egress: [{ host: '127.0.0.1', port }] },
      limits: {
        memoryBytes: 2 ** 29,
        perOperationBytes: 50 * 2 ** 20,
        processes: 64,
        fileSizeBytes: 2 ** 24,
        openFiles: 256,
        startTimeoutMs: 10_000,
      },
    },
    'bubblewrap',
    { onEgress: ({ host, outcome }) => egress.push(`${host} ${outcome}`) },
  );
  onTestFinished(() => contained.kill());
  contained.stderr.resume();
  const client = new Client({ name: 'contained', version: '1.0.0' });
  await client.connect(new StreamTransport(contained.stdout, contained.stdin));
  const call = async (name: string, args: Record<string, unknown>) => {
    const { content } = await client.callTool({ name, arguments: args });
    return JSON.parse((content as { text: string }[])[0]?.text ?? '') as Record<string, unknown>;
  };
  expect(await call('wallet_fund', { wallet_address: address })).toMatchObject({ status: 'funded' });
  const pay = { wallet_address: address, destination: testWallet('shop').address, amount_xrp: '12', timeout: 10 };
  expect(await call('wallet_pay', pay)).toMatchObject({
    signing: { status: 'approved' },
    submission: { status: 'validated' },
  });
  expect(new Set(egress)).toEqual(new Set(['127.0.0.1 open']));
  const elsewhere = { network: 'testnet', owner: address, sequence: 1 };
  expect(await call('escrow_status', elsewhere)).toMatchObject({ code: 'CONNECTION_FAILED' });
  expect(egress).toContain('elsewhere.test EGRESS_DENIED');
});
