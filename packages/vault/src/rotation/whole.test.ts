import { verifies } from '@wardmesh/testkit';
import { verify } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { Killed } from '../fixture.ts';
import { backupPassword, MESSAGE, machine, PASSWORD, password, secret } from '../keystore/keystore.fixture.ts';
import { Keystore } from '../keystore/keystore.ts';
import type { KeystoreOptions } from '../keystore/options.ts';
import { localFileProvider } from '../providers/local-file.ts';
import { fileJournal } from './file-journal.ts';
import type { RotationPorts } from './ports.ts';
import { Rotations } from './rotations.ts';

/** The ledger's side, which no crash of ours touches. */
interface Ledger {
  regularKey: string | undefined;
  readonly sent: Set<string>;
}

async function rotationsOn(options: KeystoreOptions, walletId: string, ledger: Ledger) {
  const keystore = await Keystore.open(options);
  await keystore.unlock(walletId, password());
  const ports: RotationPorts = {
    journal: fileJournal(options.files, options.indexKey, options.network),
    keys: localFileProvider(keystore, walletId, async () => secret(PASSWORD)),
    approvals: { request: async ({ rotationId }) => rotationId, status: async () => 'granted' },
    ledger: {
      prepareSetRegularKey: async (_account, address) => ({
        hash: 'A'.repeat(64),
        blob: address,
        lastLedgerSequence: 9,
      }),
      submit: async ({ blob }) => {
        ledger.sent.add(blob);
        ledger.regularKey = blob;
      },
      outcome: async ({ blob }) => (ledger.sent.has(blob) ? 'validated' : 'expired'),
      regularKey: async () => ledger.regularKey,
    },
    backup: async (id) => (await keystore.backup(id, password(), backupPassword())).checksum,
  };
  return { keystore, rotations: new Rotations(walletId, ports, options.clock, options.random) };
}

describe('a rotation of a wallet in files', () => {
  verifies('XR-WAL-5', 'XR-FILE-3');

  test('killed at any write signs on with a key that the ledger takes, and ends with the new one', async () => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let change = 1; ; change++) {
        const on = machine();
        const first = await Keystore.open(on.options);
        const wallet = await first.create({ name: 'till', password: password() });
        const old = wallet.keys[1]!;
        await first.activateKey(wallet.walletId, password(), old.keyId);
        const ledger: Ledger = { regularKey: old.address, sent: new Set() };
        const request = { account: wallet.address, reason: 'scheduled' } as const;
        const { rotations } = await rotationsOn(on.options, wallet.walletId, ledger);
        on.files.killAt(change, when);
        await rotations.start(request).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        const { isDead } = on.files;
        const next = await rotationsOn({ ...on.options, files: on.files.restart() }, wallet.walletId, ledger);
        const isKnown = (await next.rotations.status()) !== undefined;
        const progress = isKnown ? await next.rotations.resume() : await next.rotations.start(request);
        expect((progress?.rotation ?? (await next.rotations.status()))?.step).toBe('COMPLETED');
        const signed = next.keystore.sign(wallet.walletId, MESSAGE);
        const key = next.keystore.get(wallet.walletId).keys.find(({ keyId }) => keyId === signed.keyId)!;
        expect(key.address).toBe(ledger.regularKey);
        expect(key.keyId).not.toBe(old.keyId);
        const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
        expect(verify(hex(MESSAGE), hex(signed.signature), key.publicKey)).toBe(true);
        expect(next.keystore.get(wallet.walletId).keys.map(({ role, state }) => [role, state])).toEqual([
          ['master', 'active'],
          ['regular', 'active'],
        ]);
        if (!isDead) break;
        deaths++;
      }
    }
    expect(deaths).toBeGreaterThan(30);
  });

  test('keeps its journal sealed, bound to its wallet and network', async () => {
    const { options, files } = machine();
    const walletId = `wallet_${'b'.repeat(32)}`;
    const journal = fileJournal(files, options.indexKey, 'testnet');
    expect(await journal.load(walletId)).toEqual({ completed: [] });
    await journal.save(walletId, { completed: [{ at: 1, isForced: true }] });
    expect(await journal.load(walletId)).toEqual({ completed: [{ at: 1, isForced: true }] });
    const [[path, bytes]] = [...files.files] as [[string, Uint8Array]];
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('completed');
    files.files.set(path.replace('b'.repeat(32), 'c'.repeat(32)), bytes);
    await expect(journal.load(`wallet_${'c'.repeat(32)}`)).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    await expect(journal.load('../x')).rejects.toMatchObject({ code: 'VAULT_BAD_INPUT' });
  });
});
