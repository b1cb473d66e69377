import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { testWallet } from './wallet.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const alice = testWallet('alice').address;

interface Ready {
  readonly url: string;
  readonly faucet: string;
  readonly port: number;
  readonly networkId: number;
}

describe('the local network as a process', () => {
  let folder: string;
  let state: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-ledger-'));
    state = join(folder, 'state.json');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function spawned(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    children.push(child);
    return child;
  }

  async function started(...more: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
    const child = spawned(['--port', '0', '--state', state, '--close-every', '50', '--json', ...more]);
    const [line] = await once(createInterface({ input: child.stdout! }), 'line');
    return { child, ready: JSON.parse(line) };
  }

  async function ask(ready: Ready, command: object): Promise<Record<string, never>> {
    const ws = new WebSocket(ready.url);
    await once(ws, 'open');
    ws.send(JSON.stringify({ id: 1, ...command }));
    const [data] = await once(ws, 'message');
    ws.terminate();
    return JSON.parse(String(data));
  }

  const balanceOf = async (ready: Ready): Promise<string | undefined> => {
    const answer = (await ask(ready, {
      command: 'account_info',
      account: alice,
      ledger_index: 'validated',
      api_version: 2,
    })) as { result?: { account_data?: { Balance: string } } };
    return answer.result?.account_data?.Balance;
  };

  async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let i = 0; i < 100; i++) {
      const seen = await look();
      if (seen !== undefined) return seen;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    throw new Error('it did not come');
  }

  const post = (ready: Ready, body: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
      const sent = request(ready.faucet, { method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      });
      sent.on('error', reject);
      sent.end(body);
    });

  it('keeps what was validated over kill -9, and never uses a ledger index again', async () => {
    const first = await started();
    expect(first.ready.networkId).toBe(31_337);
    const given = await post(first.ready, JSON.stringify({ destination: alice, amount: 25 }));
    expect(given.body).toMatchObject({ amount: 25, account: { address: alice } });
    expect(await eventually(() => balanceOf(first.ready))).toBe('25000000');
    const before = (await ask(first.ready, { command: 'ledger', ledger_index: 'validated' })) as unknown as {
      result: { ledger_index: number };
    };
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await started();
    expect(await balanceOf(second.ready)).toBe('25000000');
    const after = (await ask(second.ready, { command: 'ledger', ledger_index: 'validated' })) as unknown as {
      result: { ledger_index: number };
    };
    expect(after.result.ledger_index).toBeGreaterThan(before.result.ledger_index);
  });

  it('validates and keeps what is open when it is asked to stop', async () => {
    const child = spawned(['--port', '0', '--state', state, '--close-every', '60000', '--json']);
    const [line] = await once(createInterface({ input: child.stdout! }), 'line');
    expect((await post(JSON.parse(line), JSON.stringify({ destination: alice }))).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(state, 'utf8')).toContain(alice);
  });

  it('ends with the process that started it', async () => {
    const { child } = await started();
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('listens on loopback only', async () => {
    const { ready } = await started();
    expect(new URL(ready.url).hostname).toBe('127.0.0.1');
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal);
    for (const address of others) {
      const ws = new WebSocket(`ws://${address!.address}:${ready.port}`);
      await expect(once(ws, 'open')).rejects.toThrow();
    }
  });

  it('has a faucet with bounds', async () => {
    const { ready } = await started();
    const wish = (fields: object) => post(ready, JSON.stringify({ destination: alice, ...fields }));
    for (const amount of [0, -1, 1.5, 100_001, '1e3', '007', true, null, {}]) {
      expect([amount, (await wish({ amount })).status]).toEqual([amount, amount === null ? 200 : 400]);
    }
    expect((await wish({ xrpAmount: '10' })).body.amount).toBe(10);
    expect((await wish({})).body.amount).toBe(1_000);
    expect((await wish({ destination: `${alice}x` })).status).toBe(400);
    expect((await wish({ padding: 'x'.repeat(5_000) })).status).toBe(413);
    for (const text of ['', 'null', '[]', '{']) expect((await post(ready, text)).status).toBe(400);
  });

  it('refuses web pages, by origin and by a rebound name', async () => {
    const { ready } = await started();
    const body = JSON.stringify({ destination: alice });
    for (const headers of [{ origin: 'https://evil.example' }, { host: `evil.example:${ready.port}` }]) {
      expect((await post(ready, body, headers as Record<string, string>)).status).toBe(403);
      await expect(once(new WebSocket(ready.url, { headers }), 'open')).rejects.toThrow();
    }
  });

  it.each([
    ['an unknown option', ['--nonsense'], 2],
    ['a port out of range', ['--port', '70000'], 2],
    ['a folder that is not there', ['--port', '0', '--state', '/nowhere/state.json'], 1],
  ])('ends with a reason at %s', async (_name, args, code) => {
    const child = spawned(args);
    let said = '';
    child.stderr!.on('data', (part) => {
      said += part;
    });
    expect(await once(child, 'close')).toEqual([code, null]);
    expect(said).not.toBe('');
  });

  it('says that its port is in use', async () => {
    const { ready } = await started();
    const child = spawned(['--port', String(ready.port), '--state', join(folder, 'other.json')]);
    const [data] = await once(child.stderr!, 'data');
    expect(JSON.parse(String(data)).code).toBe('PORT_IN_USE');
  });

  it('ends where a ledger cannot be written', async () => {
    const { child, ready } = await started();
    rmSync(folder, { recursive: true });
    await post(ready, JSON.stringify({ destination: alice }));
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
