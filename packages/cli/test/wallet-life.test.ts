import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { systemClock, systemRandom, toHex } from '@wardmesh/core';
import { createXrplLedger } from '@wardmesh/ledgers';
import { type LedgerServer, startLedgerServer, TestLedger } from '@wardmesh/local-ledger';
import { type SignerProcess, startSigner } from '@wardmesh/signer';
import { verifies } from '@wardmesh/testkit';
import { type Address, accountId } from '@wardmesh/wallet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestTerminal } from '../src/testing/terminal.ts';
import { accountFacts } from '../src/wallet/account-facts.ts';

// Published in the documentation of the ledger; worth nothing.
const SEED = 'snoPBrXtMeMyMHUVTgbuqAfg1SUTb';
const SEED_ADDRESS = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
const PASSWORD = 'Correct Horse 1';
const BACKUP_PASSWORD = 'Battery Staple 2';

/** Everything that a command printed or the signer logged: no secret may be in it. */
let printed = '';

describe('the life of a wallet, with the real signer in its sandbox and a ledger', { timeout: 120_000 }, () => {
  const terminal = new TestTerminal();
  const ledger = new TestLedger({ networkId: 31_337 });
  let server: LedgerServer;
  let signer: SignerProcess;
  let address = '';
  const secrets = ['--password-file', 'pass', '--backup-password-file', 'backup-pass'];

  async function ward(...argv: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
    const done = await terminal.run(argv);
    printed += done.stdout + done.stderr;
    return done;
  }
  /** A command that ends with 0, and its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
  async function json(...argv: string[]): Promise<any> {
    const { exit, stdout, stderr } = await ward(...argv, '--json');
    expect([argv.join(' '), exit, stderr]).toEqual([argv.join(' '), 0, '']);
    return JSON.parse(stdout);
  }
  const write = (name: string, text: string): void =>
    writeFileSync(`${terminal.folder}/${name}`, text, { mode: 0o600 });
  async function onLedger(account: string) {
    const client = createXrplLedger({ endpoints: [server.url], networkId: 31_337 });
    try {
      return await accountFacts(client, account);
    } finally {
      client.close();
    }
  }

  beforeAll(async () => {
    server = await startLedgerServer({ ledger, closeEveryMs: 50 });
    expect((await ward('init', '--no-passphrase')).exit).toBe(0);
    const config = `${terminal.home}/ward.yaml`;
    const text = readFileSync(config, 'utf8').replace(/^ {2}local: \{.*$/m, '  local: false');
    writeFileSync(config, `${text}\n  endpoints: { local: ['${server.url}'] }\n`);
    signer = await startSigner({
      home: terminal.home,
      clock: systemClock,
      random: systemRandom,
      log: (line) => {
        printed += JSON.stringify(line);
      },
    });
    write('pass', `${PASSWORD}\n`);
    write('backup-pass', `${BACKUP_PASSWORD}\n`);
  }, 120_000);
  afterAll(async () => {
    await signer?.stop();
    await server?.stop();
    terminal.dispose();
  }, 60_000);

  it('W1: is made with two keys, backed up, and its master key is off on the ledger', async () => {
    verifies('XR-WAL-1', 'XR-SEED-1');
    const done = await json('wallet', 'create', '--network', 'local', '--name', 'shop', ...secrets);
    address = done.wallet.address;
    expect(done).toMatchObject({ secured: true, problem: null, wallet: { unlocked: true } });
    expect(done.wallet.keys.map(({ role }: { role: string }) => role)).toEqual(['regular']);
    expect(done.steps.at(-1)).toBe('master_forgotten');
    expect(existsSync(done.backup.file)).toBe(true);
    expect(await onLedger(address)).toMatchObject({ masterDisabled: true, regularKey: done.wallet.keys[0].address });
  });

  it('is explained by its policy before anything is signed', async () => {
    const blob = `120000614000000005F5E1008114${toHex(accountId(address as Address))}8314B5F762798A53D543A014CAF8B297CFF8F2F937E8`;
    // The two transactions that secured the wallet count, with their fees.
    const before = await json('wallet', 'limits', 'shop');
    expect(before).toMatchObject({ spentToday: '20', hourCount: 2 });
    const { exit, stdout, stderr } = await ward('policy', 'explain', '--wallet', 'shop', '--blob', blob);
    expect([exit, stdout, stderr]).toEqual([0, expect.stringContaining('tier 1: signed at once'), '']);
    expect(stdout).toContain('gives 100 XRP');
    // Looking counts nothing.
    expect(await json('wallet', 'limits', 'shop')).toMatchObject({ spentToday: '20', hourCount: 2 });
    const large = blob.replace('4000000005F5E100', '40000000773593FF');
    expect((await ward('policy', 'explain', '--wallet', 'shop', '--blob', large)).stdout).toContain('tier 3');
  });

  it('locks, opens with its password only, and changes it', async () => {
    await json('wallet', 'lock', 'shop');
    write('wrong', 'Wrong Horse 1\n');
    expect((await ward('wallet', 'unlock', 'shop', '--password-file', 'wrong')).exit).toBe(3);
    write('next', `${PASSWORD}9\n`);
    await json('wallet', 'password', 'shop', '--password-file', 'pass', '--new-password-file', 'next');
    expect((await ward('wallet', 'unlock', 'shop', '--password-file', 'pass')).exit).toBe(3);
    expect(await json('wallet', 'unlock', 'shop', '--password-file', 'next')).toMatchObject({ unlocked: true });
    write('pass', `${PASSWORD}9\n`);
  });

  it('takes a tighter policy at once and a looser one only from people', async () => {
    verifies('XR-WAL-6', 'WM-APR-1');
    const { policy } = await json('wallet', 'policy', 'shop');
    const at = (version: string, autonomousMax: string): string =>
      JSON.stringify({ ...policy, version, amounts: { ...policy.amounts, autonomousMax } });
    const set = (file: string) => ['wallet', 'policy', 'shop', '--set', file, '--reason', 'a reason that is kept'];
    write('tight.json', at('2.0.0', '1000000'));
    expect(await json(...set('tight.json'))).toMatchObject({ status: 'applied' });
    write('loose.json', at('3.0.0', '2000000'));
    const parked = await ward(...set('loose.json'), '--json');
    expect(parked.exit).toBe(3);
    const { approvalId } = JSON.parse(parked.stdout).approval;
    expect((await json('wallet', 'policy', 'shop')).version).toBe('2.0.0');
    expect((await ward('approvals', 'show', approvalId)).stdout).toContain('loosens amounts.autonomousMax');
    await json('approvals', 'approve', approvalId, '--yes');
    expect((await json('wallet', 'policy', 'shop')).version).toBe('3.0.0');
  });

  it('gets a new key once people consented, on the ledger first', async () => {
    verifies('CM-KMS-2');
    const rotate = ['wallet', 'rotate', 'shop', '--reason', 'scheduled', ...secrets];
    const before = (await onLedger(address)).regularKey;
    const parked = await ward(...rotate, '--json');
    expect(parked.exit).toBe(3);
    expect((await onLedger(address)).regularKey).toBe(before);
    const { approvalId } = JSON.parse(parked.stdout).approval;
    await json('approvals', 'approve', approvalId, '--yes');
    expect(await json(...rotate)).toMatchObject({ status: 'rotated', step: 'COMPLETED' });
    const [key] = (await json('wallet', 'show', 'shop')).keys;
    expect([(await onLedger(address)).regularKey, key.address]).not.toContain(before);
    expect((await onLedger(address)).regularKey).toBe(key.address);
    const { keys } = await json('keys', 'status');
    expect(keys).toMatchObject([{ address, due: false, state: 'active' }]);
  });

  it('comes back from its backup, and only with the address that was confirmed', async () => {
    const { file } = await json('wallet', 'backup', 'shop', '--backup-file', 'again.json', ...secrets);
    await json('wallet', 'archive', 'shop');
    await json('wallet', 'delete', 'shop', '--password-file', 'pass', '--yes');
    expect(await json('wallet', 'list')).toEqual([]);
    const restore = ['wallet', 'restore', file, '--network', 'local', '--name', 'shop', ...secrets];
    expect((await ward(...restore, '--address', SEED_ADDRESS)).exit).toBe(1);
    expect(await json(...restore, '--address', address)).toMatchObject({ address, name: 'shop' });
  });

  it('is imported from a seed whose algorithm and address were confirmed', async () => {
    verifies('XR-SEED-2');
    write('seed', `${SEED}\n`);
    const take = ['wallet', 'import', '--network', 'local', '--name', 'old', '--secret-file', 'seed', ...secrets];
    const imported = await json(...take, '--address', SEED_ADDRESS);
    expect(imported).toMatchObject({ secured: false, wallet: { address: SEED_ADDRESS } });
    expect(imported.wallet.keys).toMatchObject([{ role: 'master', algorithm: 'secp256k1' }]);
  });

  it('is made from words that a person keeps', async () => {
    const made = await json(
      ...['wallet', 'create', '--network', 'local', '--name', 'paper'],
      ...['--words', '12', '--words-file', 'words.txt', ...secrets],
    );
    const words = readFileSync(`${terminal.folder}/words.txt`, 'utf8');
    expect(words.split(' ')).toHaveLength(12);
    expect(made.wallet.keys[0]).toMatchObject({ algorithm: 'secp256k1' });
    expect(printed).not.toContain(words);
  });

  it('gives up the master key of an import once it has a regular key and a backup of both', async () => {
    const rotate = ['wallet', 'rotate', 'old', '--reason', 'security_upgrade', ...secrets];
    const { approvalId } = JSON.parse((await ward(...rotate, '--json')).stdout).approval;
    await json('approvals', 'approve', approvalId, '--yes');
    expect(await json(...rotate)).toMatchObject({ status: 'rotated' });
    await json('wallet', 'backup', 'old', '--backup-file', 'old.json', ...secrets);
    const done = await json('wallet', 'secure', 'old', '--backup-file', 'old.json', ...secrets);
    expect(done.wallet.keys.map(({ role }: { role: string }) => role)).toEqual(['regular']);
    expect(await onLedger(SEED_ADDRESS)).toMatchObject({ masterDisabled: true });
  });

  it('is revoked by one command: nothing signs with it again', async () => {
    verifies('CM-KMS-2');
    expect(await json('wallet', 'revoke', 'old', '--reason', 'laptop stolen', '--yes')).toMatchObject({
      status: 'archived',
      unlocked: false,
    });
    expect((await ward('wallet', 'unlock', 'old', '--password-file', 'pass')).exit).not.toBe(0);
    expect((await ward('wallet', 'unarchive', 'old', '--password-file', 'pass')).exit).not.toBe(0);
  });

  it('has shown no password, word or seed anywhere', () => {
    for (const secret of [PASSWORD, BACKUP_PASSWORD, SEED]) expect(printed).not.toContain(secret);
  });
});
