import { existsSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { type InjectedSuiWallet, injectSuiWallet } from '@wardmesh/testkit/browser-sui-wallet';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('a Sui wallet in the console', () => {
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let page: Page;
  let wallet: InjectedSuiWallet;

  beforeAll(async () => {
    gateway = await startGateway({
      servers: {
        files: {
          package: '@modelcontextprotocol/server-filesystem',
          args: ['.'],
          cwd: 'workspace',
          write: ['workspace'],
          pins: 'trust-on-first-use',
          tools: { write_file: { class: 'destructive', outward: false } },
        },
      },
      overrides: { limits: GENEROUS_LIMITS },
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    wallet = await injectSuiWallet(context);
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  it('signs in with a personal message, and approves a parked call', async () => {
    verifies('CM-AUTH-1');
    verifies('WM-APR-1');
    await gateway.ward('roles', 'grant', wallet.id, 'admin');
    const args = JSON.stringify({ path: 'sui.txt', content: 'sui' });
    const text = await gateway.ward('call', 'files.write_file', args, '--json').catch((error: Error) => error.message);
    const { approvalId } = JSON.parse(text.slice(text.lastIndexOf('{"code"'))) as { approvalId: string };
    await page.goto(`${gateway.url}/console/#/inbox/${approvalId}`);
    await page.getByRole('button', { name: /Slush/ }).click();
    await page.getByText('matches what is shown').waitFor();
    expect(wallet.asked.at(-1)).toContain(wallet.address);
    await page.getByRole('button', { name: 'Approve exactly this, once' }).click();
    const state = async () => JSON.parse(await gateway.ward('approvals', 'show', approvalId, '--json')).state;
    await expect.poll(state, { timeout: 20_000, interval: 200 }).toBe('approved');
    expect(wallet.asked.at(-1)).toMatch(/^wardmesh approval v1\napprove\nsha256:[0-9a-f]{64}$/);
  });
});
