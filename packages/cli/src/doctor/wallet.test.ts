import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessStatus } from '../control-types.ts';
import { homePaths } from '../home-paths.ts';
import { FakeControl } from '../testing/fake-control.ts';
import { type FakeReply, FakeSigner } from '../testing/fake-signer.ts';
import { TestTerminal } from '../testing/terminal.ts';
import type { Finding } from './finding.ts';
import { checkWallets } from './wallet.ts';

const STATUS = {
  version: '0.1.0',
  startedAt: 0,
  pid: 2,
  sandbox: 'bubblewrap: no network',
  secureHeap: { total: 1_024, used: 32 },
  coreDumps: 'off',
  networks: ['local'],
  wallets: 2,
  unlocked: 1,
  pending: 3,
  keys: [],
  providers: [],
};
const KEY = {
  network: 'local',
  address: 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL',
  keyId: 'key_1',
  role: 'regular',
  state: 'active',
  provider: null,
  signatures: 1,
  maxSignatures: 1_000,
  createdAt: 0,
  rotateBy: 1,
  due: true,
};
const CONFIG = `version: 1
servers:
  wallet: { command: run, signer: true, network: [{ host: 127.0.0.1, port: 7450 }] }
wallet: { local: {} }
`;

describe('ward doctor, on wallets', () => {
  let terminal: TestTerminal;
  beforeEach(() => {
    terminal = new TestTerminal();
  });
  afterEach(() => terminal.dispose());

  async function findings(
    config: string,
    parts: { processes?: readonly Partial<ProcessStatus>[]; signer?: object } = {},
  ): Promise<string[]> {
    const paths = homePaths(terminal.home);
    const control = await FakeControl.start(terminal.home, { 'GET /v1/status': { processes: parts.processes } });
    const status = (): FakeReply => ({ result: { ...STATUS, ...parts.signer } });
    const signer = parts.signer && (await FakeSigner.start(terminal.home, { status }));
    writeFileSync(paths.config, config);
    try {
      return (await checkWallets(paths)).map(({ state, check, why }: Finding) => `${state} ${check}: ${why}`);
    } finally {
      await signer?.close();
      await control.close();
    }
  }

  it('says nothing where ward.yaml has no wallets', async () => {
    expect(await findings('version: 1\n')).toEqual([]);
  });

  it('shows the signer, what protects it, its wallets and the local ledger', async () => {
    const ledger = { name: 'local ledger', state: 'running', pid: 9, restarts: 1, address: 'ws://127.0.0.1:7450' };
    expect(await findings(CONFIG, { signer: {}, processes: [ledger, { name: 'signer', state: 'running' }] })).toEqual([
      'ok signer: 0.1.0, process 2, bubblewrap: no network',
      'ok signer memory: 32 of 1024 bytes of the secure heap in use',
      'ok signer dumps: off',
      'ok wallets: 2 wallets, 1 unlocked, 3 waiting for people: ward approvals list',
      'ok local ledger: ws://127.0.0.1:7450, process 9, started again once',
    ]);
  });

  it('fails where keys could reach a disk, and warns of a key that is due', async () => {
    const signer = { secureHeap: { total: 0, used: 0 }, coreDumps: 'on', keys: [KEY] };
    const found = await findings(CONFIG, { signer });
    expect(found).toContain('fail signer memory: no secure heap: keys could be written to swap');
    expect(found).toContain('fail signer dumps: a crash would write keys to a file');
    expect(found).toContain(`warn wallet key: ${KEY.address} on local: its regular key is due for rotation`);
  });

  it('warns of a signer that is not running', async () => {
    expect(await findings(CONFIG)).toContain('warn signer: not running');
  });

  it('fails on a signer that cannot run', async () => {
    const error = { code: 'SANDBOX_UNAVAILABLE', message: 'bubblewrap is not installed', hint: 'Install it.' };
    const refused = { name: 'signer', state: 'refused', restarts: 0, error };
    expect(await findings(CONFIG, { processes: [refused] })).toContain(
      'fail signer: NOT RUNNING: bubblewrap is not installed',
    );
  });

  it.each([
    ['broken', 'fail local ledger: ENDED TOO OFTEN, and rests for minutes between tries'],
    ['backing-off', 'warn local ledger: ENDED, and is started again in a moment'],
  ])('tells of a ledger that ended: %s', async (state, words) => {
    const error = { code: 'PROCESS_ENDED', message: 'the port is taken' };
    const ledger = { name: 'local ledger', state, restarts: 5, error };
    expect(await findings(CONFIG, { signer: {}, processes: [ledger] })).toContain(
      `${words}, started again 5 times: the port is taken`,
    );
  });

  it('warns where the wallet server may not reach the local ledger', async () => {
    const moved = CONFIG.replace('local: {}', 'local: { port: 7451 }');
    expect(await findings(moved, { signer: {} })).toContain(
      'warn local ledger: no wallet server may reach 127.0.0.1:7451',
    );
  });
});
