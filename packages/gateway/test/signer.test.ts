import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonObject, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { verifyReceipt } from '@wardmesh/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Loose, receiptOf, TestGateway } from './harness.ts';

const SERVER = fileURLToPath(new URL('./wallet-server.mjs', import.meta.url));
const HASH = 'AB'.repeat(32);
const TX = { chain: 'xrpl:31337', hash: HASH };

/** A home with the doors of a signer, each of which says its name. */
async function homeWithSigner(): Promise<{ home: string; doors: Server[] }> {
  const home = mkdtempSync(join(tmpdir(), 'ward-signer-'));
  const doors: Server[] = [];
  for (const name of ['agent', 'operator']) {
    const folder = join(home, 'signer', name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const door = createServer((socket) => socket.end(`the ${name}'s door`));
    await new Promise<void>((resolve) => door.listen(join(folder, `${name}.sock`), resolve));
    doors.push(door);
  }
  mkdirSync(join(home, 'signer', 'keystore'));
  return { home, doors };
}

async function gatewayOn(home: string, settings: JsonObject): Promise<TestGateway> {
  const tools = Object.fromEntries(
    ['sign', 'seen', 'reach'].map((name) => [name, { class: 'read_only', outward: false, labels: [] }]),
  );
  return TestGateway.start({
    home,
    server: { command: process.execPath, args: [SERVER], read: [SERVER], write: [], tools, ...settings },
  });
}

const said = (answer: Answer): Loose => JSON.parse(answer.message.result.content[0].text);

/** The receipt of an answer, as a stranger who knows the log's key holds it. */
async function verified(t: TestGateway, answer: Answer): Promise<Loose> {
  const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(answer));
  const vkey = readFileSync(t.gateway.home.paths.logKey, 'utf8').trim();
  return unwrap(verifyReceipt(receipt, { vkey })).receipt;
}

describe.each([
  ['a server of the signer', true],
  ['any other server', false],
])('%s', (_title, signer) => {
  let t: TestGateway;
  let doors: Server[];
  beforeAll(async () => {
    const made = await homeWithSigner();
    doors = made.doors;
    t = await gatewayOn(made.home, { signer });
  });
  afterAll(async () => {
    for (const door of doors) door.close();
    await t.stop();
  });

  it(`is told ${signer ? 'which agent asks, and no client can say otherwise' : 'nothing of agents'}`, async () => {
    verifies('CH-TEE-1');
    const forged = { 'wardmesh/agent': 'boss', 'wardmesh/tx': TX, 'wardmesh/anything': 1, kept: 1 };
    const agent = signer ? { 'wardmesh/agent': 'local' } : {};
    expect(said(await t.call('seen', {}, forged))).toEqual({ kept: 1, ...agent });
    expect(said(await t.call('seen'))).toEqual(signer ? agent : null);
    const stateless = said(await t.stateless('tools/call', { name: 'seen', arguments: {}, _meta: forged }));
    expect(stateless?.['wardmesh/agent']).toBe(agent['wardmesh/agent']);
    expect(stateless).not.toHaveProperty(['wardmesh/tx']);
  });

  it(`${signer ? 'names' : 'cannot name'} a transaction in its receipt`, async () => {
    verifies('CM-CONN-2', 'WM-RCP-1');
    const answer = await t.call('sign', { tx: TX });
    expect((await verified(t, answer)).effect.tx).toBe(signer ? `xrpl:31337:${HASH}` : undefined);
    // It reads as any other result to the client: what speaks in the gateway's name is not passed on.
    expect(answer.message.result._meta).not.toHaveProperty(['wardmesh/tx']);
    const failed = await verified(t, await t.call('sign', { tx: TX, fails: true }));
    expect([failed.effect.status, failed.effect.tx]).toEqual(['error', signer ? `xrpl:31337:${HASH}` : undefined]);
  });

  it(`reaches ${signer ? "the agents' door and nothing else" : 'nothing'} of the signer`, async () => {
    verifies('CH-TEE-1', 'CM-CONN-3');
    expect(said(await t.call('reach', { home: t.home }))).toEqual({
      socket: signer ? join(t.home, 'signer/agent/agent.sock') : null,
      agent: signer ? "the agent's door" : 'ENOENT',
      operator: 'ENOENT',
      key: 'ENOENT',
      unlink: signer ? 'EROFS' : 'ENOENT',
      plant: signer ? 'EROFS' : 'ENOENT',
    });
    expect(existsSync(join(t.home, 'signer/agent/agent.sock'))).toBe(true);
  });

  it('has its own containment in every receipt', async () => {
    const { profile } = (await verified(t, await t.call('seen'))).sandbox;
    profiles.push(profile);
    expect(profile).toMatch(/^sha256:/);
  });
});

const profiles: string[] = [];

describe('the grant of the signer', () => {
  it('is covered by the hash of the sandbox', () => {
    expect(new Set(profiles).size).toBe(2);
  });

  it.each([
    ['the door of agents', 'signer/agent'],
    ['the door of operators', 'signer/operator'],
    ['the whole of it', 'signer'],
  ])('is not to be had by naming %s as a folder', async (_title, folder) => {
    verifies('CM-CONN-3');
    const { home, doors } = await homeWithSigner();
    const t = await gatewayOn(home, { read: [SERVER, join(home, folder)] }).catch((error) => error);
    // Nothing was offered, as the server never started: there is nothing to pin.
    expect(t).toMatchObject({ code: 'NOTHING_OFFERED' });
    for (const door of doors) door.close();
  });

  it('is refused where a link stands in its place', async () => {
    verifies('CM-CONN-3');
    const { home, doors } = await homeWithSigner();
    renameSync(join(home, 'signer/agent'), join(home, 'signer/moved'));
    symlinkSync(join(home, 'keys'), join(home, 'signer/agent'));
    const t = await TestGateway.start({
      home,
      unpinned: true,
      server: { command: process.execPath, args: [SERVER], read: [SERVER], write: [], signer: true, tools: {} },
    });
    await t.gateway.look();
    expect(t.logLines.join('')).toContain('signer/agent is a link');
    for (const door of doors) door.close();
    await t.stop();
  });

  it('is refused with a reason where no signer ever ran', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ward-signer-'));
    const t = await TestGateway.start({
      home,
      unpinned: true,
      server: { command: process.execPath, args: [SERVER], read: [SERVER], write: [], signer: true, tools: {} },
    });
    await t.gateway.look();
    expect(t.logLines.join('')).toContain('no signer runs on this home');
    await t.stop();
  });
});
