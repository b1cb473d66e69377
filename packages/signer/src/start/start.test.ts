import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectTo, PASSWORD, secret, temporaryHome } from '../fixture.ts';
import { nodeProcess, startTestSigner } from './process.fixture.ts';

const REACH = fileURLToPath(new URL('./reach.fixture.ts', import.meta.url));
const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
} as const;

describe('a signer in its sandbox', () => {
  verifies('XR-MEM-2', 'CH-TEE-1');

  test('makes a wallet with the preset of its network, unlocks it, and tells the agent of it', async () => {
    const { signer } = await startTestSigner();
    const operator = await connectTo(signer.operatorSocket);
    const { wallet } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result;
    const ref = { network: 'local', address: wallet.address } as const;
    await operator.request('wallet.unlock', ref, [secret(PASSWORD)]);
    const agent = await connectTo(signer.agentSocket);
    const { wallets } = (await agent.request('wallets.list', { network: null })).result;
    expect(wallets).toEqual([expect.objectContaining({ name: 'till', unlocked: true })]);
    expect((await agent.request('policy.get', ref)).result.hash).toBe(wallet.policy.hash);
    await expect(agent.request('wallet.lock', ref)).rejects.toMatchObject({ code: 'SIGNER_METHOD_UNKNOWN' });
    const { result } = await operator.request('status', {});
    expect(result).toMatchObject({ wallets: 1, unlocked: 1, coreDumps: 'off' });
    expect(result.secureHeap.total).toBeGreaterThan(0);
    expect(result.sandbox).toContain('bubblewrap: no network');
    await signer.stop();
    expect(await signer.exited).toEqual({ reason: 'stopped' });
    await expect(connectTo(signer.agentSocket)).rejects.toMatchObject({ code: 'SIGNER_NOT_RUNNING' });
  });

  test('reaches no network, no file outside its folder, no child and no worker', async () => {
    const home = await temporaryHome();
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    await mkdir(join(home, 'signer'), { mode: 0o700 });
    const outside = join(home, 'master.key');
    writeFileSync(outside, 'the gateway’s own', { mode: 0o600 });
    const database = join(home, 'state.db');
    new DatabaseSync(database).exec('CREATE TABLE secrets (a)');
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(home, 'signer', 'target.json'), JSON.stringify({ port, outside, database }), { mode: 0o600 });
    const outcomes = async (main: string, backend: 'bubblewrap' | 'none') => {
      const { lines, signer } = await startTestSigner({ home, main, backend });
      await signer.stop();
      return Object.fromEntries(
        lines.filter(({ attempt }) => attempt !== undefined).map(({ attempt, outcome }) => [attempt, outcome]),
      );
    };
    const contained = await outcomes(REACH, 'bubblewrap');
    expect(contained).toMatchObject({
      'own folder': 'done',
      'loopback of the host': 'ECONNREFUSED',
      'the internet': 'ENETUNREACH',
      'reading outside': 'ERR_ACCESS_DENIED',
      'reading outside by SQLite': 'ERR_SQLITE_ERROR',
      'writing outside': 'ERR_ACCESS_DENIED',
      'writing code': 'ERR_ACCESS_DENIED',
      'a child': 'ERR_ACCESS_DENIED',
      'a worker': 'ERR_ACCESS_DENIED',
    });
    expect(contained['a name']).not.toBe('done');
    expect(contained['evaluating text']).not.toBe('done');
    // The rig sees what is open: without the sandbox the same program does reach the loopback.
    expect(await outcomes(REACH, 'none')).toMatchObject({
      'loopback of the host': 'done',
      'reading outside by SQLite': 'done',
    });
  });

  test('belongs to one home, and says who holds it', async () => {
    const { home } = await startTestSigner();
    await expect(startTestSigner({ home })).rejects.toMatchObject({ code: 'STORE_HOME_IN_USE' });
  });

  test('says what is wrong with its home', async () => {
    const { home, signer } = await startTestSigner();
    await signer.stop();
    await rm(join(home, 'signer', 'key'));
    await expect(startTestSigner({ home })).rejects.toMatchObject({ code: 'SIGNER_HOME_DAMAGED' });
  });

  test('is told early that a home’s path is too long', async () => {
    const home = join(await temporaryHome(), 'x'.repeat(90));
    await expect(startTestSigner({ home })).rejects.toMatchObject({ code: 'SIGNER_PATH_TOO_LONG' });
  });

  test('opens no inspector at SIGUSR1, and leaves nothing behind at SIGABRT', async () => {
    const running = await startTestSigner();
    const operator = await connectTo(running.signer.operatorSocket);
    const limits = await readFile(`/proc/${nodeProcess(running)}/limits`, 'utf8');
    expect(limits).toMatch(/^Max core file size\s+0\s+0/m);
    // Where dumps are piped to a program the limit does not count; then they hold no memory.
    expect(Number.parseInt(await readFile(`/proc/${nodeProcess(running)}/coredump_filter`, 'latin1'), 16)).toBe(0);
    expect(Number.parseInt(await readFile('/proc/self/coredump_filter', 'latin1'), 16)).not.toBe(0);
    process.kill(nodeProcess(running), 'SIGUSR1');
    process.kill(nodeProcess(running), 'SIGABRT');
    await operator.closed;
    await expect.poll(() => running.lines.some(({ message }) => message === 'the signer ended')).toBe(true);
    expect(running.lines.some(({ message }) => /debugger|inspector/i.test(String(message)))).toBe(false);
    const names = await readdir(join(running.home, 'signer'), { recursive: true });
    expect(names.filter((name) => /core|report|heap/.test(name))).toEqual([]);
  });
});

describe('a signer that is killed', () => {
  test('while it makes a wallet has it whole or not at all, and the breaker ends what dies too often', {
    timeout: 60_000,
  }, async () => {
    const running = await startTestSigner();
    const { signer } = running;
    const strict = JSON.stringify({ ...(await presetOf(signer.operatorSocket)) });
    const answered: string[] = [];
    for (const [i, wait] of [20, 90, 140, 200].entries()) {
      const operator = await connectTo(signer.operatorSocket);
      const name = `wallet ${i}`;
      const making = operator.request('wallet.create', { ...wish, name, policy: strict }, [secret(PASSWORD)]).then(
        ({ result }) => answered.push(result.wallet.name),
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, wait));
      process.kill(nodeProcess(running), 'SIGKILL');
      await making;
      await operator.closed;
      // While it dies, its socket still takes connections.
      const deaths = () => running.lines.filter(({ message }) => message === 'the signer ended').length;
      await expect.poll(deaths, { timeout: 15_000 }).toBe(i + 1);
      await expect
        .poll(
          () =>
            connectTo(signer.operatorSocket).then(
              () => true,
              () => false,
            ),
          { timeout: 15_000 },
        )
        .toBe(true);
      const again = await connectTo(signer.operatorSocket);
      const { wallets } = (await again.request('wallets.list', { network: null })).result;
      const names = wallets.map((wallet) => wallet.name);
      expect(names).toEqual(expect.arrayContaining(answered));
      for (const { address, policy } of wallets) {
        expect(policy.id).toBe('strict-test');
        await again.request('wallet.unlock', { network: 'local', address }, [secret(PASSWORD)]);
      }
    }
    const last = await connectTo(signer.operatorSocket);
    process.kill(nodeProcess(running), 'SIGKILL');
    await last.closed;
    expect(await signer.exited).toMatchObject({ reason: 'failed', error: { code: 'SIGNER_CRASH_LOOP' } });
    expect(running.lines.at(-1)).toMatchObject({ code: 'SIGNER_CRASH_LOOP' });
  });
});

/** The preset of the network under another name: a policy that only a person can have asked for. */
async function presetOf(socket: string): Promise<Record<string, unknown>> {
  const operator = await connectTo(socket);
  const { wallet } = (await operator.request('wallet.create', { ...wish, name: 'first' }, [secret(PASSWORD)])).result;
  const ref = { network: 'local', address: wallet.address } as const;
  const { policy } = (await operator.request('policy.get', ref)).result;
  await operator.request('wallet.archive', ref);
  await operator.request('wallet.delete', { ...ref, withoutBackup: true }, [secret(PASSWORD)]);
  return { ...policy, id: 'strict-test' };
}
