import { writeFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSigner } from '../testing/fake-signer.ts';
import { ALICE, BOB, fakeWallet, HASH } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { Typing } from '../testing/typing.ts';

// Published in the documentation of the ledger; worth nothing.
const SEED = 'snoPBrXtMeMyMHUVTgbuqAfg1SUTb';

describe('ward wallet import', () => {
  verifies('XR-SEED-1', 'XR-SEED-2');
  let terminal: TestTerminal;
  let signer: FakeSigner;

  beforeEach(async () => {
    terminal = new TestTerminal();
    signer = await FakeSigner.start(terminal.home, {
      'wallets.list': () => ({ result: { wallets: [] } }),
      'secret.inspect': () => ({
        result: {
          candidates: [
            { address: BOB, algorithm: 'secp256k1', family: 'family-seed', note: null },
            { address: ALICE, algorithm: 'ed25519', family: 'family-seed', note: 'Only if your wallet says so.' },
          ],
        },
      }),
      'wallet.import': ({ params }) => ({
        result: { wallet: fakeWallet({ address: String(params.confirmedAddress) }) },
      }),
      'wallet.backup': () => ({ result: { checksum: HASH, createdAt: 1, bytes: 2 }, attachments: [Buffer.from('{}')] }),
    });
    writeFileSync(`${terminal.folder}/pass`, 'Correct Horse 1\n', { mode: 0o600 });
    writeFileSync(`${terminal.folder}/backup-pass`, 'Battery Staple 2\n', { mode: 0o600 });
    writeFileSync(`${terminal.folder}/seed`, `${SEED}\n`, { mode: 0o600 });
  });
  afterEach(async () => {
    await signer.close();
    terminal.dispose();
  });

  const passwords = ['--password-file', 'pass', '--backup-password-file', 'backup-pass'];
  // Nothing listens there: that the ledger cannot be asked must not stop an import.
  const local = ['wallet', 'import', '--network', 'local', '--endpoint', 'ws://127.0.0.1:9', ...passwords];
  const asked = () => signer.asked.map(({ method }) => method);

  it('shows the accounts of the secret and stores what a person confirmed', async () => {
    const stdin = new Typing(`${SEED}\r2\n`);
    const { exit, stdout, stderr } = await terminal.run(local, '', { stdin });
    expect(stderr).toMatch(new RegExp(`1 +${BOB} +secp256k1[\\s\\S]*2 +${ALICE} +ed25519`));
    expect(exit).toBe(0);
    expect(signer.last('wallet.import')).toMatchObject({ confirmedAddress: ALICE, algorithm: 'ed25519' });
    expect(signer.secretsOf('wallet.import')).toEqual(['Correct Horse 1', SEED]);
    for (const text of [stdout, stderr, signer.json]) expect(text).not.toContain(SEED);
  });

  it('takes --address for the confirmation, and stores nothing where the secret has another', async () => {
    const from = ['--secret-file', 'seed', '--json'];
    expect((await terminal.run([...local, ...from, '--address', BOB])).exit).toBe(0);
    expect(signer.last('wallet.import')).toMatchObject({ confirmedAddress: BOB, algorithm: 'secp256k1' });
    signer.asked.length = 0;
    const other = await terminal.run([...local, ...from, '--address', 'rrrrrrrrrrrrrrrrrrrrBZbvji']);
    expect([other.exit, JSON.parse(other.stderr).code]).toEqual([1, 'ADDRESS_NOT_CONFIRMED']);
    const none = await terminal.run([...local, ...from]);
    expect([none.exit, JSON.parse(none.stderr).message]).toEqual([2, 'say which account is yours']);
    expect(asked()).not.toContain('wallet.import');
  });

  it.each([
    ['an argument', [SEED]],
    ['--address', ['--address', SEED]],
    ['--regular-key-of', ['--regular-key-of', SEED]],
  ])('never takes the secret from %s, and does not repeat it', async (_name, more) => {
    const { exit, stdout, stderr } = await terminal.run([...local, '--secret-file', 'seed', ...more]);
    expect(exit).toBe(2);
    expect(stdout + stderr).not.toContain(SEED);
    expect(signer.asked).toEqual([]);
  });

  it('asks nothing of a person who only looks: no answer stores nothing', async () => {
    const stdin = new Typing(`${SEED}\r\n`);
    const { exit, stderr } = await terminal.run(local, '', { stdin });
    expect(exit).toBe(1);
    expect(stderr).toContain('nothing was stored');
    expect(asked()).not.toContain('wallet.import');
  });
});
