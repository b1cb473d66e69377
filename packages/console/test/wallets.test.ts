import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { type InjectedWallets, injectWallets } from '@wardmesh/testkit/browser-wallets';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
/** The account that holds all XRP of a new ledger. */
const GENESIS = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
/** The machine may be busy; what is waited for comes. */
const PATIENT = { timeout: 20_000, interval: 200 };

/** `49 999.99 XRP of 50 000 XRP`. */
const DAY = /XRP of 50.000 XRP/;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!existsSync(CHROMIUM))('wallets in the console, with the real signer and a ledger', () => {
  verifies('WM-UX-2', 'WM-APR-1', 'XR-WAL-6');
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let page: Page;
  let wallets: InjectedWallets;
  let address = '';

  beforeAll(async () => {
    const port = await freePort();
    gateway = await startGateway({
      servers: {
        wallet: {
          package: '@wardmesh/wallet-mcp',
          args: ['--network', 'local', '--endpoint', `local=ws://127.0.0.1:${port}`],
          signer: true,
          timeout: '75s',
          network: [{ host: '127.0.0.1', port }],
          labels: [],
          tools: {
            wallet_pay: { class: 'destructive', outward: true },
            approval_status: { class: 'destructive', outward: false },
          },
        },
      },
      overrides: { limits: GENEROUS_LIMITS, wallet: { network: 'local', local: { port, closeEvery: '1s' } } },
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 860 } });
    context.setDefaultTimeout(20_000);
    wallets = await injectWallets(context);
    page = await context.newPage();
    await gateway.ward('roles', 'grant', wallets.solana.id, 'admin');
    await page.goto(`${gateway.url}/console/#/wallets`);
    await page.getByRole('button', { name: /Phantom/ }).click();
    await page.getByText('No wallet yet').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  }, 60_000);

  // What comes later needs what came before: one failure is told once, not by many time limits.
  let isBroken = false;
  beforeEach(() => expect(isBroken).toBe(false));
  afterEach(({ task }) => {
    isBroken ||= task.result?.state === 'fail';
  });

  const open = (path: string) => page.goto(`${gateway.url}/console/#/${path}`);
  const json = async (...args: string[]): Promise<JsonObject> => JSON.parse(await gateway.ward(...args, '--json'));
  const policyOf = async () => (await json('wallet', 'policy', 'shop')).policy as { amounts: Record<string, string> };
  /** XRP that may leave the wallet today, as its meter says. */
  const leftToday = async () => {
    const [left = ''] = ((await page.getByText(DAY).textContent()) ?? '').split('XRP of');
    return Number(left.replace(/[^\d.]/g, ''));
  };
  /** What waits in the signer, asked for by this agent or person. */
  async function waiting(tool: string): Promise<string> {
    const asked = (await json('approvals', 'list')) as unknown as { id: string; binding: { tool: string } }[];
    return asked.find(({ binding }) => binding.tool === tool)?.id ?? '';
  }

  it('shows a wallet that the command line made, and what is left of its limits', async () => {
    for (const name of ['password', 'backup'])
      writeFileSync(join(gateway.home, name), `${name} horse battery 9X\n`, { mode: 0o600 });
    const made = await json(
      ...['wallet', 'create', '--network', 'local', '--name', 'shop'],
      ...['--password-file', join(gateway.home, 'password')],
      ...['--backup-password-file', join(gateway.home, 'backup')],
      ...['--backup-file', join(gateway.home, 'shop.backup.json')],
    );
    address = (made.wallet as { address: string }).address;
    await open(`wallets/local/${address}`);
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    await page.getByText('unlocked').first().waitFor();
    // A few drops are gone: securing the wallet cost fees, which count too.
    await page.getByText(DAY).waitFor();
    expect(await leftToday()).toBeGreaterThan(49_999);
    expect(await page.locator('meter').count()).toBe(3);
    await page
      .locator('.fact', { hasText: 'Balance' })
      .getByText(/999\.9999\d* XRP/)
      .waitFor();
    expect(await page.content()).not.toMatch(/horse battery/);
  }, 60_000);

  it('lets nobody approve in the signer who was not let in there, whatever their role', async () => {
    const pay = { wallet_address: address, destination: GENESIS, amount_xrp: '2000' };
    await gateway
      .ward('call', 'wallet.wallet_pay', JSON.stringify(pay), '--json')
      .catch((error: Error) => error.message);
    await expect.poll(() => waiting('sign'), PATIENT).not.toBe('');
    await open(`inbox/${await waiting('sign')}`);
    await page.getByText('matches what is shown').waitFor();
    await page.getByText('You may look at this request, and not decide it.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve exactly this, once' }).count()).toBe(0);
  }, 60_000);

  it('lets Phantom approve a transaction of tier 3 once the operator has let it in', async () => {
    const approvalId = /[0-9a-f-]{36}/.exec(
      await gateway.ward('approvers', 'add', wallets.solana.id).catch((error: Error & { cause?: unknown }) => {
        return (error.cause as { stdout: string }).stdout;
      }),
    )![0];
    await gateway.ward('approvals', 'approve', approvalId, '--yes');
    const id = await waiting('sign');
    await page.reload();
    await page
      .getByText(/2,?000 XRP/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Approve exactly this, once' }).click();
    await page.getByRole('link', { name: /signer\.sign approved/ }).waitFor();
    expect(wallets.asked.at(-1)).toMatch(/^wardmesh approval v1\napprove\nsha256:[0-9a-f]{64}$/);
    const status = await json('call', 'wallet.approval_status', JSON.stringify({ approval_id: id }));
    const { structuredContent } = status.result as { structuredContent: { signed_tx: string | null } };
    expect(structuredContent.signed_tx).toMatch(/^[0-9A-F]+$/);
    await open(`wallets/local/${address}`);
    await expect.poll(leftToday, PATIENT).toBeLessThan(48_001);
    expect(await leftToday()).toBeGreaterThan(47_999);
  }, 60_000);

  it('applies what tightens a policy at once, in the name of who proposed it', async () => {
    await page.getByLabel('Largest payment at once, drops').fill('50000000');
    await page.getByText('tighter, at once').waitFor();
    await page.getByLabel(/^Why/).fill('smaller sums after the audit');
    await page.getByRole('button', { name: 'Propose the change' }).click();
    await page.getByText('Applied: it only tightens.').waitFor();
    expect((await policyOf()).amounts.autonomousMax).toBe('50000000');
    await expect.poll(() => page.getByText(wallets.solana.id).count(), PATIENT).toBeGreaterThan(0);
  });

  it('sends what loosens it to the inbox, where others than its author decide', async () => {
    await page.getByLabel('Largest payment at once, drops').fill('90000000');
    await page.getByText('looser, needs approval').waitFor();
    await page.getByLabel(/^Why/).fill('larger sums before the feast');
    await page.getByRole('button', { name: 'Propose the change' }).click();
    await page.getByRole('link', { name: 'look at it in the inbox' }).click();
    await page.getByText(/loosens amounts\.autonomousMax/).waitFor();
    await page.getByText('You may look at this request, and not decide it.').waitFor();
    expect((await policyOf()).amounts.autonomousMax).toBe('50000000');
    await gateway.ward('approvals', 'approve', await waiting('policy'), '--yes');
    expect((await policyOf()).amounts.autonomousMax).toBe('90000000');
  }, 60_000);
});
