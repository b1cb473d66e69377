import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestGateway } from './harness.ts';
import { TestClient, TestWallet } from './oauth-support.ts';

const CHROMIUM = '/usr/bin/chromium';
/** A developer's machine may lack the browser; CI may not skip. */
const hasBrowser = existsSync(CHROMIUM) || process.env.CI === 'true';
const PHRASE = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

/** A wallet of the wallet standard, as Phantom injects itself; the key stays on this side of the page. */
function injectStandardWallet({ address, name, withSignIn }: { address: string; name: string; withSignIn: boolean }) {
  const scope = window as unknown as { wardSign(text: string): Promise<string> };
  const bytes = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const account = { address, chains: ['solana:mainnet'] };
  const lines = (input: Record<string, string>) =>
    [
      `${input.domain} wants you to sign in with your Solana account:`,
      address,
      '',
      input.statement,
      '',
      `URI: ${input.uri}`,
      `Version: ${input.version}`,
      `Chain ID: ${input.chainId}`,
      `Nonce: ${input.nonce}`,
      `Issued At: ${input.issuedAt}`,
      `Expiration Time: ${input.expirationTime}`,
      ...(input.requestId === undefined ? [] : [`Request ID: ${input.requestId}`]),
    ].join('\n');
  const wallet = {
    name,
    features: {
      'standard:connect': { connect: async () => ({ accounts: [account] }) },
      'solana:signMessage': {
        signMessage: async ({ message }: { message: Uint8Array }) => [
          { signature: bytes(await scope.wardSign(new TextDecoder().decode(message))) },
        ],
      },
      ...(withSignIn && {
        'solana:signIn': {
          signIn: async (input: Record<string, string>) => {
            const text = lines(input);
            const signature = bytes(await scope.wardSign(text));
            return [{ account, signedMessage: new TextEncoder().encode(text), signature }];
          },
        },
      }),
    },
  };
  const register = (api: { register(wallet: unknown): void }) => api.register(wallet);
  window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
  window.addEventListener('wallet-standard:app-ready', (event) => register((event as CustomEvent).detail));
}

describe.skipIf(!hasBrowser)('the page of sign-in in a real browser', () => {
  verifies('WM-GW-2');
  let t: TestGateway;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let client: TestClient;
  const wallet = new TestWallet();
  const violations: string[] = [];
  /** Where the client listens, on a port of its own choice. */
  let listener: Server;
  let redirectUri: string;

  beforeAll(async () => {
    t = await TestGateway.start({ people: { rolesOf: () => ['agent'] } });
    listener = createServer((_request, response) => response.end('back'));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    listener?.closeAllConnections();
    listener?.close();
    await t.stop();
  });
  beforeEach(async () => {
    violations.length = 0;
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    page.on('console', (line) => {
      if (/Content Security Policy/.test(line.text())) violations.push(line.text());
    });
    await page.exposeFunction('wardSign', (text: string) => wallet.sign(text));
    client = new TestClient(t);
    await client.register({ client_name: '<script>alert(1)</script>Hostile' });
  });
  afterEach(() => context.close());

  it.each([
    ['signIn', true],
    ['signMessage', false],
  ])(
    'signs in with a standard wallet by %s, shows who asks, and goes back with a code',
    async (_name, withSignIn) => {
      await page.addInitScript(injectStandardWallet, { address: wallet.address, name: 'Test wallet', withSignIn });
      await page.goto(client.authorizeUrl({ redirectUri }));
      await page.getByRole('button', { name: 'Test wallet – Solana' }).click();
      await page.getByRole('heading', { name: /Allow/ }).waitFor();
      expect(await page.getByText('a program on this computer').count()).toBeGreaterThan(0);
      expect(await page.getByText(wallet.person).count()).toBe(1);
      expect(await page.locator('main script').count()).toBe(0);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL(`${redirectUri}?**`);
      const end = new URL(page.url());
      expect(end.searchParams.get('iss')).toBe(t.gateway.url);
      const reply = await client.redeem(end.searchParams.get('code')!, { redirect_uri: redirectUri });
      expect(reply.status).toBe(200);
      expect(violations).toEqual([]);
    },
    30_000,
  );

  it('takes no press before it can act on one', async () => {
    // Its scripts come late, as over a slow network.
    await page.route('**/oauth/assets/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue();
    });
    await page.goto(client.authorizeUrl({ redirectUri }), { waitUntil: 'commit' });
    const cancel = page.getByRole('button', { name: 'Cancel' });
    await cancel.waitFor();
    expect(await cancel.isDisabled()).toBe(true);
    await cancel.click();
    await page.waitForURL(`${redirectUri}?**`);
  }, 30_000);

  it('goes back with a refusal where the person declines', async () => {
    await page.goto(client.authorizeUrl({ redirectUri }));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${redirectUri}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  }, 30_000);

  it('runs nothing of a wallet’s name, and tells a failed signature in words of its own', async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    await page.addInitScript(injectStandardWallet, { address: wallet.address, name: hostile, withSignIn: false });
    await page.goto(client.authorizeUrl({ redirectUri }));
    await page.evaluate(() => {
      (window as unknown as { wardSign: unknown }).wardSign = async () => btoa('x'.repeat(64));
    });
    await page.getByRole('button', { name: /img/ }).click();
    await page.getByRole('alert').filter({ hasText: 'not accepted' }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toContain('Sign in');
  }, 30_000);

  it('has an Ethereum wallet sign the gateway’s own text (EIP-6963)', async () => {
    const address = `0x${'ab'.repeat(20)}`;
    await page.addInitScript((account) => {
      const asked: unknown[] = [];
      const answers: Record<string, unknown> = { eth_requestAccounts: [account], eth_chainId: '0x1' };
      const provider = {
        request: async ({ method, params }: { method: string; params: unknown[] }) => {
          asked.push([method, params]);
          return answers[method] ?? `0x${'11'.repeat(65)}`;
        },
      };
      Object.assign(window, { asked });
      const announce = () =>
        window.dispatchEvent(
          new CustomEvent('eip6963:announceProvider', { detail: { info: { name: 'Test EVM' }, provider } }),
        );
      window.addEventListener('eip6963:requestProvider', announce);
    }, address);
    await page.goto(client.authorizeUrl({ redirectUri }));
    const sent = page.waitForRequest((request) => request.url().endsWith('/verify'));
    await page.getByRole('button', { name: 'Test EVM – Ethereum' }).click();
    const proof = (await sent).postDataJSON();
    expect(proof).toMatchObject({ chain: 'eip155:1', signature: `0x${'11'.repeat(65)}` });
    expect(proof.message).toContain(`${new URL(t.gateway.url).host} wants you to sign in with your Ethereum account:`);
    const asked = (await page.evaluate(() => (window as unknown as { asked: unknown }).asked)) as [string, string[]][];
    const [, [hex, account]] = asked.find(([method]) => method === 'personal_sign') as [string, [string, string]];
    expect(Buffer.from(hex.slice(2), 'hex').toString()).toBe(proof.message);
    expect(account).toBe(address);
    // The wallet here holds no key, and the gateway sees that.
    await page.getByRole('alert').filter({ hasText: 'not accepted' }).waitFor();
  }, 30_000);

  it('takes no key and no seed phrase: pasted, typed or sent, it is gone at once (CM-KEY-1)', async () => {
    verifies('CM-KEY-1');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto(client.authorizeUrl({ redirectUri }));
    expect(await page.locator('input, textarea, [contenteditable]').count()).toBe(0);
    await page.goto(`${t.gateway.url}/oauth/device`);
    const field = page.getByLabel('Code');
    await field.evaluate((element, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      if (element.dispatchEvent(event)) (element as HTMLInputElement).value = text;
    }, PHRASE);
    expect(await field.inputValue()).toBe('');
    await page.getByText('private key or a seed phrase. It was removed').waitFor();
    await field.fill(PHRASE);
    expect(await field.inputValue()).toBe('');
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'jwk' }).d!;
    await field.fill(Buffer.from(key, 'base64url').toString('hex'));
    expect(await field.inputValue()).toBe('');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('not one that waits').waitFor();
    expect(sent.join()).not.toContain('winner');
    expect(sign(null, Buffer.from('x'), privateKey)).toHaveLength(64);
    expect(violations).toEqual([]);
  }, 30_000);
});
