import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { verifies } from '@wardmesh/testkit';
import { type InjectedWallets, injectWallets } from '@wardmesh/testkit/browser-wallets';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildConsole } from '../src/index.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where the pictures of the documentation are renewed; a folder of its own otherwise. */
const PICTURES = process.env.WARD_PICTURES ?? mkdtempSync(join(tmpdir(), 'ward-pictures-'));
const HOSTILE = `"><img src=x onerror="window.planted=1"><script>window.planted=1</script>{{7*7}}\u202e javascript:alert(1)`;

let gateway: GatewayUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let wallets: InjectedWallets;
const errors: string[] = [];
const sent: string[] = [];
let isChecking = false;

beforeAll(async () => {
  gateway = await startGateway({
    servers: {
      files: {
        package: '@modelcontextprotocol/server-filesystem',
        args: ['.'],
        cwd: 'workspace',
        write: ['workspace'],
        pins: 'trust-on-first-use',
        tools: {
          write_file: { class: 'destructive', outward: false },
          list_directory: { class: 'read_only', outward: false },
        },
      },
    },
    overrides: { limits: GENEROUS_LIMITS },
  });
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 860 } });
  wallets = await injectWallets(context);
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isChecking) errors.push(message.text());
  });
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  mkdirSync(PICTURES, { recursive: true });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  if (process.env.WARD_PICTURES === undefined) rmSync(PICTURES, { recursive: true, force: true });
});

/** A 401 before sign-in and a 404 of a receipt that is none are the browser's own lines. */
const isFault = (line: string) => !/Failed to load resource/.test(line);

const open = async (path = '') => {
  await page.goto(`${gateway.url}/console/#/${path}`);
};
const picture = (name: string, target = page) => target.screenshot({ path: join(PICTURES, `${name}.png`) });

/** Parks a call as an agent does; its approval id. */
async function park(path: string, content: string): Promise<string> {
  const args = JSON.stringify({ path, content });
  const text = await gateway.ward('call', 'files.write_file', args, '--json').catch((error: Error) => error.message);
  return /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.exec(text)![0];
}

/** The machine may be busy; what is waited for comes. */
const PATIENT = { timeout: 20_000, interval: 200 };

async function expectState(id: string, state: string): Promise<void> {
  const stateNow = async () => JSON.parse(await gateway.ward('approvals', 'show', id, '--json')).state;
  await expect.poll(stateNow, PATIENT).toBe(state);
}

async function expectAccessible(target = page): Promise<void> {
  // The checker tries what the page's policy forbids: that is its own fault, not the page's.
  isChecking = true;
  await target.evaluate(AXE);
  const found = (await target.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
  isChecking = false;
  const told = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
  );
  expect(told).toEqual([]);
}

describe.skipIf(!existsSync(CHROMIUM))('the console in a browser', () => {
  verifies('WM-UX-2');

  // What comes later needs what came before: one failure is told once, not by twenty time limits.
  let isBroken = false;
  beforeEach(() => expect(isBroken).toBe(false));
  afterEach(({ task }) => {
    isBroken ||= task.result?.state === 'fail';
  });

  it('loads less than 200 kB of script', async () => {
    const { folder } = await buildConsole();
    const scripts = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'));
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, 'assets', name))).length, 0);
    expect(bytes).toBeLessThan(200_000);
  });

  it('greets a stranger with the wallets of the browser', async () => {
    await open();
    await page.getByRole('button', { name: /Phantom/ }).waitFor();
    await page.getByRole('button', { name: /MetaMask/ }).waitFor();
    expect(errors.filter(isFault)).toEqual([]);
    await expectAccessible();
    await picture('console-sign-in');
  });

  it('takes no for an answer', async () => {
    wallets.refuse = true;
    await page.getByRole('button', { name: /Phantom/ }).click();
    await page.getByRole('alert').getByText('User rejected the request.').waitFor();
    wallets.refuse = false;
  });

  it('signs in with Solana: the message names this gateway and moves nothing', async () => {
    verifies('CM-AUTH-1');
    await page.getByRole('button', { name: /Phantom/ }).click();
    await page.getByText('You have no role yet').waitFor();
    const message = wallets.asked.at(-1)!;
    expect(message).toContain(new URL(gateway.url).host);
    expect(message).toContain(wallets.solana.address);
    await expectAccessible();
  });

  it('opens as soon as an admin is made', async () => {
    await gateway.ward('roles', 'grant', wallets.solana.id, 'admin');
    await page.reload();
    await page.getByText('Nothing waits for you').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await expectAccessible();
  });

  it('shows a parked call with its exact arguments, and lets the wallet approve it', async () => {
    verifies('WM-APR-1');
    const id = await park('hello.txt', 'hello from an agent');
    await page
      .getByRole('link', { name: /files\.write_file/ })
      .first()
      .click();
    await page.getByText('hello from an agent').waitFor();
    await page.getByText('matches what is shown').waitFor();
    await expectAccessible();
    await picture('console-inbox-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible();
    await picture('console-inbox-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Approve exactly this, once' }).click();
    await page.getByRole('link', { name: /files\.write_file approved/ }).waitFor();
    expect(wallets.asked.at(-1)).toMatch(/^wardmesh approval v1\napprove\nsha256:[0-9a-f]{64}$/);
    const args = JSON.stringify({ path: 'hello.txt', content: 'hello from an agent' });
    await gateway.ward('call', 'files.write_file', args, '--approval', id);
    expect(readFileSync(join(gateway.home, 'workspace/hello.txt'), 'utf8')).toBe('hello from an agent');
  });

  it('verifies the receipt of that call in the browser, and finds it by its tool', async () => {
    verifies('WM-RCP-1');
    await open('receipts');
    await page.getByLabel('Search').fill('write_file');
    await page.keyboard.press('Enter');
    const link = page.locator('tr', { hasText: 'tool.outcome' }).getByRole('link').first();
    await link.click();
    await page.getByText('Verified in this browser:').waitFor();
    await expectAccessible();
    await picture('console-receipt');
  });

  it('denies with a reason that the agent is told', async () => {
    const id = await park('no.txt', 'no');
    await open(`inbox/${id}`);
    await page.getByLabel(/Reason for denying/).fill('not on a Sunday');
    await page.getByRole('button', { name: 'Deny' }).click();
    await expectState(id, 'denied');
  });

  it('shows hostile text as text', async () => {
    const id = await park(`${HOSTILE}.txt`.replaceAll('/', '∕').replace('\u202e', ''), HOSTILE.replace('\u202e', ''));
    await open(`inbox/${id}`);
    await page.getByText('onerror=').first().waitFor();
    await open('activity');
    await page.locator('table').waitFor();
    await open(`receipts/${'%3Cscript%3E'}`);
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate(() => (window as { planted?: unknown }).planted)).toBeUndefined();
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('refuses a seed phrase in every field, and sends nothing of it', async () => {
    verifies('CM-KEY-1');
    const secret = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
    for (const [path, label] of [
      ['receipts', 'Search'],
      ['agents', 'New agent'],
      ['roles', 'Wallet (CAIP-10)'],
    ] as const) {
      await open(path);
      const field = page.getByLabel(label);
      await field.focus();
      const before = sent.length;
      await page.evaluate((text) => {
        const data = new DataTransfer();
        data.setData('text/plain', text);
        document.activeElement!.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
        );
      }, secret);
      await page.getByText('That looked like a private key or a seed phrase.').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      // Typed, it goes while its last word is being written.
      await field.pressSequentially(secret);
      expect(await field.inputValue()).not.toContain('winner');
      expect(sent.slice(before).join('\n')).not.toMatch(/winner/);
      expect(await page.content()).not.toContain('winner');
      await page.reload();
    }
  }, 60_000);

  it.each(['inbox', 'activity', 'receipts', 'servers', 'servers/files', 'agents', 'wallets', 'roles', 'health'])(
    '%s is accessible in light and dark',
    async (path) => {
      await open(path);
      await page.locator('h1').waitFor();
      await expect.poll(() => page.locator('[aria-busy]').count(), PATIENT).toBe(0);
      await expectAccessible();
      await picture(`console-${path.replace('/', '-')}`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible();
      await page.emulateMedia({ colorScheme: 'light' });
    },
  );

  it('works by keyboard alone', async () => {
    const id = await park('keys.txt', 'by keyboard');
    await open('health');
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to content');
    const reach = async (text: string) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate(() => document.activeElement?.textContent ?? '')).includes(text)) return;
      }
      throw new Error(`${text} is not reached by Tab`);
    };
    await reach('Inbox');
    await page.keyboard.press('Enter');
    await page
      .getByRole('link', { name: /files\.write_file/ })
      .first()
      .waitFor();
    await reach('files.write_file');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve exactly this, once' }).waitFor();
    await reach('Approve exactly this, once');
    await page.keyboard.press('Enter');
    await expectState(id, 'approved');
  });

  it('decides on a phone', async () => {
    const id = await park('phone.txt', 'from a phone');
    const small = await context.newPage();
    await small.setViewportSize({ width: 390, height: 844 });
    await small.goto(`${gateway.url}/console/#/inbox/${id}`);
    await small.getByRole('button', { name: 'Approve exactly this, once' }).waitFor();
    // Nothing to scroll sideways.
    expect(await small.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessible(small);
    await picture('console-phone', small);
    await small.getByRole('button', { name: 'Approve exactly this, once' }).click();
    await expectState(id, 'approved');
    await small.close();
  });

  it('grants a role with the admin’s wallet, to somebody who signs in with Ethereum', async () => {
    verifies('CM-RBAC-1');
    await open('roles');
    await page.getByLabel('Wallet (CAIP-10)').fill(wallets.ethereum.id);
    await page.getByRole('combobox').selectOption('auditor');
    await page.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('cell', { name: 'auditor' }).waitFor();
    expect(wallets.asked.at(-1)).toContain('Wardmesh role change v1');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /MetaMask/ }).click();
    await page.getByText('auditor').first().waitFor();
    const id = await park('audited.txt', 'seen');
    await open(`inbox/${id}`);
    await page.getByText('You may look at this request, and not decide it.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve exactly this, once' }).count()).toBe(0);
  });

  it('loses what is taken away within seconds, in the open page', async () => {
    await gateway.ward('roles', 'revoke', wallets.ethereum.id, 'auditor');
    await page.getByText('You have no role yet').waitFor({ timeout: 15_000 });
  });

  it('reported no fault, and talked to nobody else', () => {
    const foreign = sent.filter((request) => !request.startsWith(`${gateway.url}/`) && !/^(data|blob):/.test(request));
    expect(foreign).toEqual([]);
    // What the checker tried and the page's policy stopped is told late.
    expect(errors.filter((line) => isFault(line) && !/TrustedScript/.test(line))).toEqual([]);
  });
});
