import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { type InjectedWallets, injectWallets } from '@wardmesh/testkit/browser-wallets';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const SERVER = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));
const MARKUP = '<img src=x onerror="window.planted=1">';

let gateway: GatewayUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let wallets: InjectedWallets;
const errors: string[] = [];

const hostile = (...args: string[]) => ({
  command: process.execPath,
  args: [SERVER, ...args],
  read: [SERVER],
});

beforeAll(async () => {
  gateway = await startGateway({
    servers: {
      evil: { ...hostile(), pins: 'trust-on-first-use' },
      worse: hostile('named'),
    },
    overrides: { limits: GENEROUS_LIMITS },
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--headless', '--disable-gpu'] });
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  wallets = await injectWallets(context);
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${gateway.url}/console/`);
  await page.getByRole('button', { name: /Phantom/ }).click();
  await page.getByText('You have no role yet').waitFor();
  await gateway.ward('roles', 'grant', wallets.solana.id, 'admin');
  await page.reload();
  await page.getByText('Nothing waits for you').waitFor();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const open = async (path: string) => {
  await page.goto(`${gateway.url}/console/#/${path}`);
  await page.locator('h1').waitFor();
  await expect.poll(() => page.locator('[aria-busy]').count(), { timeout: 20_000 }).toBe(0);
};
const isPlanted = (target = page) => target.evaluate(() => (window as { planted?: unknown }).planted !== undefined);

describe.skipIf(!existsSync(CHROMIUM))('the console against hostile servers, arguments and wallets', () => {
  verifies('WM-UX-2');

  it('shows names, texts and schemas of a hostile server as text', async () => {
    for (const path of ['servers', 'servers/evil', 'servers/worse', 'health', 'activity', 'policies']) {
      await open(path);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await isPlanted()).toBe(false);
      expect(await page.locator('main img, main script, main b').count()).toBe(0);
      // Neither a reversed text nor a hidden character reaches the screen.
      expect(await page.locator('main').textContent()).not.toMatch(/[\u202e\u200b]/);
    }
    expect(errors).toEqual([]);
  });

  it('shows what a hostile tool asks approval for as text', async () => {
    const args = JSON.stringify({ [MARKUP]: MARKUP, constructor: '1' });
    await gateway.ward('call', 'evil.constructor', args).catch(() => '');
    await open('inbox');
    await page.getByRole('link', { name: /evil\.constructor/ }).click();
    await page.getByText('matches what is shown').waitFor();
    await page.getByText('onerror=').first().waitFor();
    expect(await isPlanted()).toBe(false);
    expect(await page.locator('main img').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it('lets nobody approve arguments that it cannot show whole', async () => {
    verifies('WM-APR-1');
    // 50,000 characters that look like a space, then what would have been out of sight.
    const text = await gateway
      .ward('call', 'evil.plain', JSON.stringify({ note: `${'\u00a0'.repeat(45_000)}rm -rf` }), '--json')
      .catch((error: Error) => error.message);
    const id = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.exec(text)![0];
    await open(`inbox/${id}`);
    await page.getByText('nobody approves what they have not seen').waitFor();
    expect(await page.getByRole('button', { name: 'Approve exactly this, once' }).isDisabled()).toBe(true);
    const asked = wallets.asked.length;
    await page.locator('form.decide').evaluate((form: HTMLFormElement) => form.requestSubmit());
    await page.getByRole('button', { name: 'Deny' }).click();
    await expect
      .poll(async () => JSON.parse(await gateway.ward('approvals', 'show', id, '--json')).state, { timeout: 20_000 })
      .toBe('denied');
    expect(wallets.asked.slice(asked).map((message) => message.split('\n')[1])).toEqual(['deny']);
  });

  it('lists wallets that say hostile things of themselves, and none that is no wallet', async () => {
    const other = await browser.newContext({ ignoreHTTPSErrors: true });
    await other.addInitScript(`(() => {
      const announce = (info, provider) => window.dispatchEvent(
        new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
      window.addEventListener('eip6963:requestProvider', () => {
        const provider = { request: async () => { throw new Error(${JSON.stringify(MARKUP)}); } };
        announce({ name: ${JSON.stringify(MARKUP)} }, provider);
        announce({ name: { toString: () => 'x' } }, provider);
        announce(null, provider);
        announce({ name: 'mute' }, {});
        announce({ name: 'Phan\\u200btom\\u202e' }, provider);
        window.dispatchEvent(new CustomEvent('eip6963:announceProvider', {}));
        for (let i = 0; i < 5000; i++) announce({ name: 'flood ' + i }, provider);
      });
      window.addEventListener('wallet-standard:app-ready', ({ detail }) =>
        detail.register(null, 7, {}, { name: 'x', chains: [7], accounts: [], features: {} }));
    })()`);
    const faults: string[] = [];
    const stranger = await other.newPage();
    stranger.on('pageerror', (error) => faults.push(String(error)));
    await stranger.goto(`${gateway.url}/console/`);
    await stranger.getByRole('button', { name: /<img src=x/ }).click();
    await stranger.getByRole('alert').getByText('<img src=x').waitFor();
    await stranger.getByRole('button', { name: /Phan\\u\{200b\}tom\\u\{202e\}/ }).waitFor();
    expect(await stranger.getByRole('button', { name: /Ethereum$/ }).count()).toBe(32);
    expect(await isPlanted(stranger)).toBe(false);
    expect(faults).toEqual([]);
    await other.close();
  });

  it('runs no script but its own, and stands in no other page', async () => {
    await open('health');
    const tried = await page.evaluate(async () => {
      const attempt = (run: () => unknown) => {
        try {
          run();
          return 'ran';
        } catch {
          return 'refused';
        }
      };
      const script = document.createElement('script');
      const outcome = {
        html: attempt(() => {
          document.createElement('div').innerHTML = '<b>x</b>';
        }),
        source: attempt(() => {
          script.src = 'data:text/javascript,window.planted=1';
        }),
        fetch: await fetch('https://example.invalid/').then(
          () => 'sent',
          () => 'refused',
        ),
      };
      return outcome;
    });
    expect(tried).toEqual({ html: 'refused', source: 'refused', fetch: 'refused' });
    expect(await isPlanted()).toBe(false);
    const frame = await context.newPage();
    await frame.setContent(`<iframe src="${gateway.url}/console/"></iframe>`);
    await frame.waitForTimeout(1_000);
    expect(
      await frame
        .frames()[1]
        ?.evaluate(() => document.body?.textContent ?? '')
        .catch(() => ''),
    ).not.toContain('Wardmesh');
    await frame.close();
  });
});
