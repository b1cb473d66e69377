import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignerClient } from '../client/index.ts';
import { type SignerProcess, startSigner } from './start.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a signer in its sandbox', () => {
  let home: string;
  let signer: SignerProcess;
  const lines: object[] = [];
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sg-'));
    signer = await startSigner({ home, log: (line) => lines.push(line), clock: systemClock, random: systemRandom });
  });
  afterAll(async () => {
    await signer?.stop();
    await rm(home, { recursive: true, force: true });
    if (process.env.SHOW) console.log(lines);
  });

  test('answers hello and status, makes a wallet, unlocks it and lists it', async () => {
    const client = await SignerClient.connect({ socket: signer.operatorSocket });
    expect((await client.request('hello', { v: 1 })).result.v).toBe(1);
    const { result: created } = await client.request(
      'wallet.create',
      { network: 'local', name: 'till', algorithm: null, policy: null, kind: 'agent', purpose: null, approvalId: null },
      [bytes('Correct horse 9')],
    );
    const { address } = created.wallet;
    const { result: unlocked } = await client.request('wallet.unlock', { network: 'local', address }, [
      bytes('Correct horse 9'),
    ]);
    expect(unlocked.wallet.unlocked).toBe(true);
    const { result } = await client.request('wallets.list', { network: null });
    expect(result.wallets.map(({ name }) => name)).toEqual(['till']);
    const { result: status } = await client.request('status', {});
    expect(status).toMatchObject({ wallets: 1, unlocked: 1, coreDumps: 'off' });
    if (process.env.SHOW) console.log(status);
    await client.close();
  });
});
