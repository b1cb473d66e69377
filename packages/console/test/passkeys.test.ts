import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { type InjectedWallets, injectWallets } from '@wardmesh/testkit/browser-wallets';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let gateway: GatewayUnderTest;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let wallets: InjectedWallets;
let device: VirtualDevice;
/** Bodies of decisions, as the page sent them. */
const decisions: { readonly keyId: string; readonly signature: string }[] = [];

/** Chromium's own authenticator: what `navigator.credentials` talks to on this page. */
class VirtualDevice {
  readonly #cdp: CDPSession;
  readonly #id: string;

  private constructor(cdp: CDPSession, id: string) {
    this.#cdp = cdp;
    this.#id = id;
  }

  static async plug(target: Page): Promise<VirtualDevice> {
    const cdp = await target.context().newCDPSession(target);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualDevice(cdp, authenticatorId);
  }

  async verifyUser(isUserVerified: boolean): Promise<void> {
    await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified });
  }

  /** The private key too: what a thief of the device's memory has. */
  async passkeys() {
    return (await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId: this.#id })).credentials;
  }

  async hold(credential: Awaited<ReturnType<VirtualDevice['passkeys']>>[number]): Promise<void> {
    await this.#cdp.send('WebAuthn.clearCredentials', { authenticatorId: this.#id });
    await this.#cdp.send('WebAuthn.addCredential', { authenticatorId: this.#id, credential });
  }
}

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
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  wallets = await injectWallets(context);
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('request', (request) => {
    if (/\/(approve|deny)$/.test(request.url())) decisions.push(request.postDataJSON());
  });
  await gateway.ward('roles', 'grant', wallets.solana.id, 'admin');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const open = (path: string, target = page) => target.goto(`${gateway.url}/console/#/${path}`);
const call = (path: string, ...more: string[]) =>
  gateway.ward('call', 'files.write_file', JSON.stringify({ path, content: path }), ...more);
async function park(path: string): Promise<string> {
  const text = await call(path, '--json').catch((error: Error) => error.message);
  return /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.exec(text)![0];
}
interface Shown {
  readonly state: string;
  readonly over: string;
}
const shown = async (id: string): Promise<Shown> =>
  JSON.parse(await gateway.ward('approvals', 'show', id, '--json')) as Shown;
const approveButton = () => page.getByRole('button', { name: 'Approve exactly this, once' });

/** Hands in a decision from the page of whoever is signed in; the code it is refused with, or the new state. */
const handIn = (id: string, body: object) =>
  page.evaluate(
    async ([path, text]) => {
      const response = await fetch(path!, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-ward-request': '1' },
        body: text!,
      });
      const answer = (await response.json()) as { code?: string; state?: string };
      return answer.code ?? answer.state;
    },
    [`/api/approvals/${id}/approve`, JSON.stringify(body)],
  );

/** A decision signed by whatever device the page has, asked by a page that is not ours. */
const signElsewhere = async (target: Page, over: string, userVerification: 'required' | 'discouraged' = 'required') => {
  const signature = await target.evaluate(
    async ([message, verification]) => {
      const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(message));
      const publicKey = { challenge, rpId: 'localhost', userVerification: verification } as object;
      const found = (await navigator.credentials.get({ publicKey: publicKey as never })) as { toJSON(): object } | null;
      return JSON.stringify(found!.toJSON());
    },
    [`wardmesh approval v1\napprove\n${over}`, userVerification],
  );
  return { keyId: `passkey:${(JSON.parse(signature) as { id: string }).id}`, signature };
};

async function expectAccessible(): Promise<void> {
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as { violations: { id: string; nodes: { html: string }[] }[] };
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
}

describe.skipIf(!existsSync(CHROMIUM))('passkeys in a browser', () => {
  verifies('WM-UX-2');

  let isBroken = false;
  beforeEach(() => expect(isBroken).toBe(false));
  afterEach(({ task }) => {
    isBroken ||= task.result?.state === 'fail';
  });

  it('are added under Account by whoever just signed in with a wallet', async () => {
    device = await VirtualDevice.plug(page);
    await open('account');
    await page.getByRole('button', { name: /Phantom/ }).click();
    await page.getByLabel('Name of the first passkey').fill('Work laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('heading', { name: 'Work laptop' }).waitFor();
    expect(await device.passkeys()).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible();
    }
  });

  it('sign in, without a wallet', async () => {
    verifies('CM-AUTH-1');
    await page.getByRole('button', { name: 'Sign out' }).click();
    wallets.refuse = true;
    const asked = wallets.asked.length;
    await page.getByRole('button', { name: 'Continue with a passkey' }).click();
    await page.getByText('admin', { exact: true }).first().waitFor();
    expect(wallets.asked).toHaveLength(asked);
    // What a passkey opened adds no other: that takes the wallet.
    await open('account');
    await page.getByRole('button', { name: 'Confirm with your wallet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0);
  });

  it('approve a parked call in one gesture, and the call runs', async () => {
    verifies('WM-APR-1');
    const id = await park('by-passkey.txt');
    await open(`inbox/${id}`);
    await page.getByText('matches what is shown').waitFor();
    await approveButton().click();
    await expect.poll(async () => (await shown(id)).state, { timeout: 20_000 }).toBe('approved');
    expect(decisions.at(-1)?.keyId).toMatch(/^passkey:/);
    const answer = await call('by-passkey.txt', '--approval', id, '--json');
    expect(readFileSync(join(gateway.home, 'workspace/by-passkey.txt'), 'utf8')).toBe('by-passkey.txt');
    const receipt = /[\w-]*receipt[\w-]*":\s*"([^"]+)"/.exec(answer)?.[1];
    expect(receipt).toBeDefined();
    await open(`receipts/${receipt}`);
    await page.getByText('Verified in this browser:').waitFor();
  });

  it('sign nothing twice, and nothing else', async () => {
    verifies('WM-APR-1');
    const [first, second] = [await park('first.txt'), await park('second.txt')];
    await open(`inbox/${first}`);
    await approveButton().click();
    await expect.poll(async () => (await shown(first)).state, { timeout: 20_000 }).toBe('approved');
    const used = decisions.at(-1)!;
    expect(await handIn(second, used)).toBe('APPROVAL_SIGNATURE_NOT_GENUINE');
    expect(await handIn(first, used)).toBe('APPROVAL_SIGNATURE_NOT_GENUINE');
    expect((await shown(second)).state).toBe('pending');
    // Positive control: the same page, the right answer.
    expect(await handIn(second, await signElsewhere(page, (await shown(second)).over))).toBe('approved');
  });

  it('of a page at another port of this name are refused', async () => {
    const id = await park('other-origin.txt');
    const evil: Server = createServer((_request, response) => response.end('<!doctype html><title>evil</title>'));
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const other = await context.newPage();
    try {
      await other.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
      const copy = await VirtualDevice.plug(other);
      const [credential] = await device.passkeys();
      // Ahead of what the gateway has seen: only the origin is wrong.
      await copy.hold({ ...credential!, signCount: credential!.signCount + 100 });
      const { over } = await shown(id);
      expect(await handIn(id, await signElsewhere(other, over))).toBe('APPROVAL_SIGNATURE_NOT_GENUINE');
    } finally {
      await other.close();
      evil.close();
    }
    expect((await shown(id)).state).toBe('pending');
  });

  it('of a person who was not verified are refused, in the page and by the gateway', async () => {
    const id = await park('unverified.txt');
    await device.verifyUser(false);
    await open(`inbox/${id}`);
    await approveButton().click();
    await page.getByRole('alert').getByText('No passkey was used').waitFor();
    const body = await signElsewhere(page, (await shown(id)).over, 'discouraged');
    expect(await handIn(id, body)).toBe('APPROVAL_SIGNATURE_NOT_GENUINE');
    await device.verifyUser(true);
    expect((await shown(id)).state).toBe('pending');
  });

  it('of a clone are refused: its counter is behind', async () => {
    const id = await park('cloned.txt');
    const [credential] = await device.passkeys();
    await device.hold({ ...credential!, signCount: 0 });
    await open(`inbox/${id}`);
    await approveButton().click();
    await page.getByRole('alert').getByText('APPROVAL_SIGNATURE_NOT_GENUINE').waitFor();
    expect((await shown(id)).state).toBe('pending');
    await device.hold({ ...credential!, signCount: credential!.signCount + 10 });
    await approveButton().click();
    await expect.poll(async () => (await shown(id)).state, { timeout: 20_000 }).toBe('approved');
  });

  it('that are removed open nothing, and what they approved and was not used no longer counts', async () => {
    const id = await park('removed.txt');
    await open(`inbox/${id}`);
    await approveButton().click();
    await expect.poll(async () => (await shown(id)).state, { timeout: 20_000 }).toBe('approved');
    await open('account');
    await page.getByRole('button', { name: 'Remove Work laptop' }).click();
    await page.getByRole('button', { name: 'Remove Work laptop' }).click();
    // The session was this passkey's.
    await page.getByRole('button', { name: 'Continue with a passkey' }).click();
    await page.getByRole('alert').getByText('IDENTITY_PASSKEY_REFUSED').waitFor();
    await expect(call('removed.txt', '--approval', id)).rejects.toThrow();
    expect(existsSync(join(gateway.home, 'workspace/removed.txt'))).toBe(false);
  });
});
