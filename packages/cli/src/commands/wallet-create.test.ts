import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type LedgerServer, startLedgerServer, TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { policyToJson, presetPolicy } from '@wardmesh/wallet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeMethod, FakeSigner } from '../testing/fake-signer.ts';
import { ALICE, fakeApproval, fakeFull, fakeWallet, HASH, REQUEST } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { Typing } from '../testing/typing.ts';

const PASSWORD = 'Correct Horse 1';
const BACKUP_PASSWORD = 'Battery Staple 2';
const SEALED = '{"sealed":true}\n';

describe('ward wallet create', () => {
  let terminal: TestTerminal;
  let signer: FakeSigner;
  let server: LedgerServer;
  let methods: Record<string, FakeMethod>;

  beforeEach(async () => {
    terminal = new TestTerminal();
    server = await startLedgerServer({ ledger: new TestLedger({ networkId: 31_337 }), closeEveryMs: 50 });
    const made = fakeWallet({ unlocked: false });
    methods = {
      'wallets.list': () => ({ result: { wallets: [] } }),
      'wallet.create': ({ params }) => ({
        result: { wallet: { ...made, name: params.name, network: params.network } },
      }),
      'wallet.backup': () => ({
        result: { checksum: HASH, createdAt: 1, bytes: SEALED.length },
        attachments: [Buffer.from(SEALED)],
      }),
      'wallet.secure': async ({ ask, params }) => {
        const facts = (await ask('ledger.facts', { network: params.network!, address: params.address! })) as {
          balance: string;
        };
        return { result: { wallet: made, steps: [`balance ${facts.balance}`] } };
      },
      'wallet.unlock': () => ({ result: { wallet: { ...made, unlocked: true } } }),
    };
    signer = await FakeSigner.start(terminal.home, methods);
    writeFileSync(`${terminal.folder}/pass`, `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(`${terminal.folder}/backup-pass`, `${BACKUP_PASSWORD}\n`, { mode: 0o600 });
  });
  afterEach(async () => {
    await signer.close();
    await server.stop();
    terminal.dispose();
  });

  const secrets = ['--password-file', 'pass', '--backup-password-file', 'backup-pass'];
  const create = (...more: string[]) =>
    terminal.run(['wallet', 'create', '--network', 'local', '--endpoint', server.url, ...secrets, ...more, '--json']);
  const order = () => signer.asked.map(({ method }) => method);

  it('makes, backs up, funds and secures it, then lets agents in', async () => {
    verifies('XR-WAL-1');
    const { exit, stdout } = await create('--name', 'shop');
    expect(exit).toBe(0);
    expect(order()).toEqual(['wallet.create', 'wallet.backup', 'wallet.secure', 'wallet.unlock']);
    const path = `${terminal.folder}/shop-${ALICE}.backup.json`;
    const done = JSON.parse(stdout);
    expect(done).toMatchObject({ secured: true, balance: '1000000000', backup: { file: path, checksum: HASH } });
    // The signer asked about the ledger and was told what the ledger says.
    expect(done.steps).toEqual(['balance 1000000000']);
    expect(readFileSync(path, 'utf8')).toBe(SEALED);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('sends secrets beside the messages, in the order that the signer takes them, and shows none', async () => {
    const { stdout, stderr } = await create('--name', 'shop');
    expect(signer.secretsOf('wallet.create')).toEqual([PASSWORD]);
    expect(signer.secretsOf('wallet.backup')).toEqual([PASSWORD, BACKUP_PASSWORD]);
    expect(signer.secretsOf('wallet.secure')).toEqual([PASSWORD, BACKUP_PASSWORD, SEALED]);
    for (const text of [signer.json, stdout, stderr]) expect(text).not.toMatch(/Horse|Staple/);
  });

  it('asks for both passwords twice on a terminal, and nothing else is typed', async () => {
    const stdin = new Typing(`${[PASSWORD, PASSWORD, BACKUP_PASSWORD, BACKUP_PASSWORD].join('\r')}\r`);
    const { exit, stdout, stderr } = await terminal.run(
      ['wallet', 'create', '--network', 'local', '--endpoint', server.url],
      '',
      { stdin },
    );
    expect(exit).toBe(0);
    expect(signer.secretsOf('wallet.backup')).toEqual([PASSWORD, BACKUP_PASSWORD]);
    expect(stdout).toContain(ALICE);
    expect(stdout + stderr).not.toMatch(/Horse|Staple/);
  });

  it('never writes over a file, and finds out before a wallet is made', async () => {
    writeFileSync(`${terminal.folder}/mine.json`, 'mine');
    const { exit, stderr } = await create('--backup-file', 'mine.json');
    expect([exit, JSON.parse(stderr).code]).toEqual([1, 'FILE_UNWRITABLE']);
    expect(order()).not.toContain('wallet.create');
    expect(readFileSync(`${terminal.folder}/mine.json`, 'utf8')).toBe('mine');
  });

  it.each([
    [['--network', 'moon'], '--network takes one of'],
    [['--name', '../x'], 'a wallet is named with'],
    [['--algorithm', 'rsa'], '--algorithm takes'],
    [['--words', '13'], '--words takes 12 or 24'],
    [['--words', '12'], 'words are shown on a terminal only'],
    [['--password-fd', '3', '--backup-password-fd', '3'], 'a descriptor of its own'],
    [['--backup-password-file', 'pass'], 'a password of its own'],
  ])('ends %j with 2 and makes nothing', async (options, message) => {
    const { exit, stderr } = await create(...options);
    expect([exit, JSON.parse(stderr).message]).toEqual([2, expect.stringContaining(message)]);
    expect(order()).not.toContain('wallet.create');
  });

  it('checks a policy before a wallet is made', async () => {
    writeFileSync(`${terminal.folder}/policy.json`, '{"format":1}');
    const { exit, stderr } = await create('--policy', 'policy.json');
    expect([exit, JSON.parse(stderr).code]).toEqual([2, 'INPUT_INVALID']);
    expect(order()).not.toContain('wallet.create');
  });

  it('keeps what was made where the faucet fails, and says what is left to do', async () => {
    await server.stop();
    const { exit, stdout } = await create('--name', 'shop', '--endpoint', server.url);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ secured: false, problem: { code: 'FAUCET_UNAVAILABLE' } });
    expect(existsSync(`${terminal.folder}/shop-${ALICE}.backup.json`)).toBe(true);
    expect(order()).not.toContain('wallet.secure');
  });

  it('takes no policy from an agent in passing', async () => {
    verifies('XR-WAL-6');
    const { amounts, ...preset } = JSON.parse(JSON.stringify(policyToJson(presetPolicy('local'))));
    const policy = JSON.stringify({ ...preset, amounts: { ...amounts, autonomousMax: '1000000000' } });
    methods['approvals.show'] = () => ({
      result: fakeFull(fakeApproval({ kind: 'create', address: null }), { kind: 'create', name: 'shop', policy }),
    });
    const ask = (...more: string[]) =>
      terminal.run(['wallet', 'create', '--request', REQUEST, '--endpoint', server.url, ...secrets, ...more]);
    const refused = await ask();
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('--accept-policy')]);
    expect(refused.stderr).toContain('loosens amounts.autonomousMax: 100000000 → 1000000000');
    const declined = await terminal.run(['wallet', 'create', '--request', REQUEST], '', { stdin: new Typing('n\n') });
    expect([declined.exit, declined.stderr]).toEqual([1, expect.stringContaining('the policy was not accepted')]);
    expect(order()).not.toContain('wallet.create');
    expect((await ask('--accept-policy')).exit).toBe(0);
    expect(signer.last('wallet.create')).toMatchObject({ approvalId: REQUEST, network: 'local', name: 'shop' });
  });

  it('makes the master key from words that a person keeps', async () => {
    methods['secret.inspect'] = () => ({
      result: { candidates: [{ address: ALICE, algorithm: 'secp256k1', family: 'mnemonic', note: null }] },
    });
    methods['wallet.import'] = () => ({ result: { wallet: fakeWallet({ unlocked: false }) } });
    const { exit, stdout } = await create('--words', '12', '--words-file', 'words.txt');
    expect(exit).toBe(0);
    const words = readFileSync(`${terminal.folder}/words.txt`, 'utf8');
    expect(words.split(' ')).toHaveLength(12);
    expect(statSync(`${terminal.folder}/words.txt`).mode & 0o777).toBe(0o600);
    expect(signer.secretsOf('wallet.import')).toEqual([PASSWORD, words]);
    expect(signer.last('wallet.import')).toMatchObject({ confirmedAddress: ALICE, algorithm: 'secp256k1' });
    for (const text of [signer.json, stdout]) expect(text).not.toContain(words.slice(0, 20));
  });

  describe('with its regular key in a provider', () => {
    verifies('CM-KMS-1');
    const status = (providers: object[]) => ({
      result: {
        ...{ version: '1', startedAt: 1, pid: 1, sandbox: 'bubblewrap', secureHeap: { total: 2, used: 1 } },
        ...{ coreDumps: 'off', networks: ['local'], wallets: 0, unlocked: 0, pending: 0, keys: [], providers },
      },
    });
    const configured = (kind: string) => {
      const protection = { kind, atRest: 'x', inUse: 'x', statement: 'never leaves it' };
      const made = fakeWallet({ unlocked: false, protection });
      methods.status = () => status([{ name: 'safe', kind, statement: null }]);
      methods['wallet.create'] = () => ({ result: { wallet: made } });
      methods['wallet.secure'] = () => ({ result: { wallet: made, steps: ['master_forgotten'] } });
      writeFileSync(`${terminal.folder}/pin`, '48151623\n', { mode: 0o600 });
    };

    it('makes and unlocks a wallet in a token with its PIN', async () => {
      configured('pkcs11');
      const { exit, stderr } = await create('--provider', 'safe', '--pin-file', 'pin');
      expect([exit, stderr]).toEqual([0, expect.any(String)]);
      expect(signer.last('wallet.create')).toMatchObject({ provider: 'safe' });
      expect(signer.secretsOf('wallet.create')).toEqual([PASSWORD, '48151623']);
      expect(signer.secretsOf('wallet.secure')).toEqual([PASSWORD, BACKUP_PASSWORD, SEALED]);
      expect(signer.secretsOf('wallet.unlock')).toEqual(['48151623']);
    });

    it('asks for no PIN where the provider takes none', async () => {
      configured('aws-kms');
      expect((await create('--provider', 'safe')).exit).toBe(0);
      expect([signer.secretsOf('wallet.create'), signer.secretsOf('wallet.unlock')]).toEqual([[PASSWORD], []]);
    });

    it('refuses one that is not configured, and says where to', async () => {
      configured('pkcs11');
      const unknown = await create('--provider', 'other');
      expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('There are: safe.')]);
      methods.status = () => status([]);
      expect((await create('--provider', 'safe')).stderr).toContain('operator/providers.json');
      expect(order()).not.toContain('wallet.create');
    });
  });
});
