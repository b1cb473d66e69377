import { existsSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { type InjectedWallets, injectWallets } from '@wardmesh/testkit/browser-wallets';
import { startFixture } from '@wardmesh/testkit/fixture';
import type { GatewayUnderTest } from '@wardmesh/testkit/gateway';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoint, startGatewayUnderTest } from './gateway-under-test.ts';
import { type InspectorWeb, startInspectorWeb } from './inspector-web.ts';

const CHROMIUM = '/usr/bin/chromium';
/** A developer's machine may lack the browser; CI may not skip. */
const hasBrowser = existsSync(CHROMIUM) || process.env.CI === 'true';
const isLocal = (url: string) => /^(?:https?:\/\/(?:localhost|127\.0\.0\.1)[:/]|data:|blob:)/.test(url);

describe.skipIf(!hasBrowser)('the official Inspector in a browser', () => {
  let fixture: Awaited<ReturnType<typeof startFixture>>;
  let gateway: GatewayUnderTest;
  let inspector: InspectorWeb;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let wallets: InjectedWallets;
  /** `Authorization` headers that the page itself sent to anybody. */
  const sent: string[] = [];

  beforeAll(async () => {
    fixture = await startFixture();
    gateway = await startGatewayUnderTest(fixture.url, 'http://127.0.0.1:9');
    inspector = await startInspectorWeb(gateway.caFile);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(20_000);
    await context.route(
      (url) => !isLocal(url.href),
      (route) => route.abort(),
    );
    wallets = await injectWallets(context);
    page = await context.newPage();
    page.on('request', (request) => {
      const { authorization } = request.headers();
      if (authorization !== undefined) sent.push(authorization);
    });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await inspector?.stop();
    await gateway?.stop();
    await fixture?.close();
  });

  /** An admin signs in to the console with one wallet, and makes the other one’s person a consumer. */
  async function makeConsumer(): Promise<void> {
    await page.goto(`${gateway.url}/console/#/roles`);
    await page.getByRole('button', { name: /Phantom/ }).click();
    await page.getByText('You have no role yet').waitFor();
    await gateway.ward('roles', 'grant', wallets.solana.id, 'admin');
    await page.reload();
    await page.getByLabel('Wallet (CAIP-10)').fill(wallets.ethereum.id);
    await page.getByRole('combobox').selectOption('consumer');
    await page.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('cell', { name: 'consumer' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /Phantom/ }).waitFor();
  }

  it('connects through OAuth from a clean profile: a person signs, nobody copies a token, and its call succeeds', async () => {
    verifies('WM-GW-2');
    await makeConsumer();
    await page.goto(inspector.connectTo(endpoint(gateway)));
    await page.getByRole('button', { name: 'MetaMask – Ethereum' }).click();
    await page.getByRole('heading', { name: /Allow/ }).waitFor();
    expect(new URL(page.url()).origin).toBe(gateway.url);
    expect(await page.getByText('MCP Inspector').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText('Authorization complete').waitFor();
    await page.getByText('Tools', { exact: true }).first().click();
    await page.getByText('test_simple_text').first().click();
    await page.getByRole('button', { name: 'Execute Tool' }).click();
    await page.getByText('This is a simple text response for testing.').first().waitFor();

    // What it did is the person's, under the client's name, and no token of ours was ever in its hands.
    const entries = (await gateway.ward('audit', 'tail', '--json')).split('\n');
    const calls = entries.filter((line) => line.includes('test_simple_text'));
    expect(calls.some((line) => line.includes(wallets.ethereum.id))).toBe(true);
    expect(sent.join()).not.toContain(gateway.token);
  }, 60_000);
});
