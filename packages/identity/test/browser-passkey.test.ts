import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, systemRandom, utf8 } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isApprovalAssertion, MemoryPasskeyStore, MemorySingleUse, Passkeys, type RelyingParty } from '../src/index.ts';

const CHROMIUM = '/usr/bin/chromium';
/** A developer's machine may lack the browser; CI may not skip. */
const hasBrowser = existsSync(CHROMIUM) || process.env.CI === 'true';
const PERSON = '5f0c9d52-9b7e-4a26-9d6e-0d4a3b1f2c11';

/** In the page: the browser's own parsing and writing of WebAuthn's JSON form. */
const CREATE = `async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}`;
const GET = `async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}`;

describe.skipIf(!hasBrowser)('passkeys in a real browser', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let party: RelyingParty;
  let passkeys: Passkeys;
  const store = new MemoryPasskeyStore();
  const run = (script: string, options: unknown): Promise<unknown> =>
    page.evaluate(`(${script})(${JSON.stringify(options)})`);

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>passkeys</title>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    party = { id: 'localhost', name: 'Wardmesh', origins: [origin] };
    passkeys = new Passkeys({
      party,
      key: new HmacKey(systemRandom.bytes(32)),
      store,
      challenges: new MemorySingleUse(systemClock),
      clock: systemClock,
      random: systemRandom,
      sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    });
    await page.goto(origin);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('register, sign in and approve', async () => {
    const passkey = await passkeys.register(
      PERSON,
      await run(CREATE, await passkeys.registrationOptions(PERSON, 'Ada')),
    );
    expect(passkey).toMatchObject({ person: PERSON, transports: ['internal'] });
    const signedIn = await passkeys.signIn(await run(GET, await passkeys.signInOptions()));
    expect(signedIn).toMatchObject({ person: PERSON, credentialId: passkey.credentialId });
    const message = utf8('wardmesh approval v1\napprove\nsha256:00');
    const assertion = await run(GET, await passkeys.approvalOptions(PERSON, message));
    await expect(passkeys.approve(PERSON, message, assertion)).resolves.toMatchObject({ person: PERSON });
    await expect(passkeys.approve(PERSON, message, assertion)).rejects.toMatchObject({
      code: 'IDENTITY_PASSKEY_REFUSED',
    });
    const kept = JSON.parse(JSON.stringify(assertion)) as unknown;
    expect(await isApprovalAssertion(party, passkey, kept, message)).toBe(true);
    expect(await isApprovalAssertion(party, passkey, kept, utf8('wardmesh approval v1\ndeny\nsha256:00'))).toBe(false);
  }, 60_000);
});
