import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { concatBytes, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { AGENT_METHODS } from '../client/index.ts';
import { BACKUP_PASSWORD, Consent, connectTo, openTestSigner, PASSWORD, secret, temporaryHome } from '../fixture.ts';
import { OPERATOR_METHODS } from '../protocol/operator.ts';
import { frameHead } from '../wire/frame.ts';
import { SECRETS } from './context.ts';

const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
} as const;

async function openWithWallet() {
  const home = await temporaryHome();
  const signer = await openTestSigner(home);
  const operator = await connectTo(signer.operatorSocket);
  const { wallet } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result;
  return { home, signer, operator, wallet, ref: { network: 'local', address: wallet.address } as const };
}

describe('the operator’s socket', () => {
  test('makes, unlocks, locks, archives and brings back a wallet', async () => {
    const { operator, wallet, ref, signer } = await openWithWallet();
    expect(wallet).toMatchObject({ status: 'active', unlocked: false, kind: 'agent', policy: { id: 'test' } });
    expect(wallet.keys.map(({ role, state }) => [role, state])).toEqual([
      ['master', 'active'],
      ['regular', 'pending'],
    ]);
    expect((await operator.request('wallet.unlock', ref, [secret(PASSWORD)])).result.wallet.unlocked).toBe(true);
    await operator.request('wallet.lock', { network: 'local', address: null });
    expect((await operator.request('wallets.list', { network: null })).result.wallets[0]?.unlocked).toBe(false);
    expect((await operator.request('wallet.archive', ref)).result.wallet.status).toBe('archived');
    await expect(operator.request('wallet.unlock', ref, [secret(PASSWORD)])).rejects.toMatchObject({
      code: 'WALLET_ARCHIVED',
    });
    expect((await operator.request('wallet.unarchive', ref, [secret(PASSWORD)])).result.wallet.status).toBe('active');
    const types = signer.consent.records.map(({ type }) => type);
    expect(types).toEqual(['wallet.create', 'wallet.unlock', 'wallet.lock', 'wallet.archive', 'wallet.unarchive']);
  });

  test('hands out a sealed backup, deletes, and restores from it under another password', async () => {
    const { operator, wallet, ref } = await openWithWallet();
    const backup = await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]);
    const [file] = backup.attachments;
    expect(backup.result.bytes).toBe(file!.length);
    await operator.request('wallet.archive', ref);
    await operator.request('wallet.delete', { ...ref, withoutBackup: false }, [secret(PASSWORD)]);
    expect((await operator.request('wallets.list', { network: null })).result.wallets).toEqual([]);
    const restored = await operator.request(
      'wallet.restore',
      { network: 'local', name: 'till again', confirmedAddress: wallet.address, policy: null },
      [file!, secret(BACKUP_PASSWORD), secret('Some other pass 1')],
    );
    expect(restored.result.wallet.keys.map(({ keyId }) => keyId)).toEqual(wallet.keys.map(({ keyId }) => keyId));
    await operator.request('wallet.unlock', ref, [secret('Some other pass 1')]);
  });

  test('shows the addresses of a secret, stores nothing for it, and imports only the confirmed one', async () => {
    const signer = await openTestSigner(await temporaryHome());
    const operator = await connectTo(signer.operatorSocket);
    const seed = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
    const { candidates } = (await operator.request('secret.inspect', { algorithm: null }, [secret(seed)])).result;
    expect(candidates).toEqual([
      { address: 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL', algorithm: 'ed25519', family: 'family-seed', note: null },
    ]);
    const given = {
      network: 'testnet',
      name: 'old',
      algorithm: null,
      regularKeyOf: null,
      policy: null,
      approvalId: null,
    } as const;
    const wrong = { ...given, confirmedAddress: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' };
    await expect(operator.request('wallet.import', wrong, [secret(PASSWORD), secret(seed)])).rejects.toMatchObject({
      code: 'VAULT_ADDRESS_NOT_CONFIRMED',
    });
    expect((await operator.request('wallets.list', { network: null })).result.wallets).toEqual([]);
    const right = { ...given, confirmedAddress: candidates[0]!.address };
    const { wallet } = (await operator.request('wallet.import', right, [secret(PASSWORD), secret(seed)])).result;
    expect(wallet).toMatchObject({ name: 'old', network: 'testnet', address: right.confirmedAddress });
  });

  test('changes a password; the old one opens nothing any more', async () => {
    const { operator, ref } = await openWithWallet();
    await operator.request('wallet.password', ref, [secret(PASSWORD), secret('Next password 77')]);
    await expect(operator.request('wallet.unlock', ref, [secret(PASSWORD)])).rejects.toMatchObject({
      code: 'VAULT_NOT_GENUINE',
    });
    await operator.request('wallet.unlock', ref, [secret('Next password 77')]);
  });

  test('refuses a second wallet of the same name, and a policy that is none before any key is made', async () => {
    const { operator, home } = await openWithWallet();
    await expect(operator.request('wallet.create', wish, [secret(PASSWORD)])).rejects.toMatchObject({
      code: 'WALLET_EXISTS',
    });
    await expect(
      operator.request('wallet.create', { ...wish, name: 'b', policy: 'bad' }, [secret(PASSWORD)]),
    ).rejects.toMatchObject({ code: 'SIGNER_BAD_PARAMS' });
    expect((await operator.request('wallets.list', { network: null })).result.wallets).toHaveLength(1);
    expect((await stat(join(home, 'signer', 'key'))).mode & 0o777).toBe(0o600);
  });

  describe('revokes the keys of a wallet', () => {
    verifies('CM-KMS-2');

    test('at once and for ever, over restarts', async () => {
      const home = await temporaryHome();
      const consent = new Consent();
      const first = await openTestSigner(home, consent);
      let operator = await connectTo(first.operatorSocket);
      const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
      const ref = { network: 'local', address } as const;
      await operator.request('wallet.unlock', ref, [secret(PASSWORD)]);
      const { wallet } = (await operator.request('wallet.revoke', { ...ref, reason: 'stolen laptop' })).result;
      expect(wallet).toMatchObject({ status: 'archived', unlocked: false });
      await first.close();
      const second = await openTestSigner(home, consent);
      operator = await connectTo(second.operatorSocket);
      await expect(operator.request('wallet.unarchive', ref, [secret(PASSWORD)])).rejects.toMatchObject({
        code: 'WALLET_REVOKED',
      });
      await expect(operator.request('wallet.unlock', ref, [secret(PASSWORD)])).rejects.toMatchObject({
        code: 'WALLET_REVOKED',
      });
    });

    test('and says of each key how often it signed and when its rotation is due', async () => {
      const home = await temporaryHome();
      let now = Date.UTC(2026, 0, 1);
      const clock = { now: () => now, monotonic: () => performance.now() };
      const signer = await openTestSigner(home, new Consent(), { clock });
      const operator = await connectTo(signer.operatorSocket);
      await operator.request('wallet.create', wish, [secret(PASSWORD)]);
      const keys = async () => (await operator.request('status', {})).result.keys;
      const quarter = 90 * 24 * 3_600_000;
      expect((await keys()).map(({ due, rotateBy, signatures }) => [due, rotateBy, signatures])).toEqual([
        [false, now + quarter, 0],
        [false, now + quarter, 0],
      ]);
      now += quarter;
      expect((await keys()).map(({ role, due }) => [role, due])).toEqual([
        ['master', true],
        ['regular', false],
      ]);
    });
  });

  test('refuses a wrong number of secrets, and parameters that it does not know', async () => {
    const { operator, ref } = await openWithWallet();
    await expect(operator.request('wallet.unlock', ref)).rejects.toMatchObject({ code: 'SIGNER_BAD_PARAMS' });
    await expect(operator.request('status', {}, [secret('x')])).rejects.toMatchObject({ code: 'SIGNER_BAD_PARAMS' });
    await expect(operator.request('status', { more: 1 } as never)).rejects.toMatchObject({ code: 'SIGNER_BAD_PARAMS' });
    await expect(operator.request('toString' as 'status', {})).rejects.toMatchObject({ code: 'SIGNER_METHOD_UNKNOWN' });
  });

  test('takes secrets for every method whose comment names them', () => {
    expect(Object.keys(SECRETS).every((method) => Object.hasOwn(OPERATOR_METHODS, method))).toBe(true);
  });
});

describe('guesses at a password', () => {
  verifies('XR-LOCK-1');

  test('lock the wallet after five, for longer each time, and a restart forgets nothing', async () => {
    const home = await temporaryHome();
    let now = Date.UTC(2026, 0, 1);
    const clock = { now: () => now, monotonic: () => performance.now() };
    const consent = new Consent();
    let signer = await openTestSigner(home, consent, { clock });
    let operator = await connectTo(signer.operatorSocket);
    const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
    const guess = async (text: string) =>
      operator.request('wallet.unlock', { network: 'local', address }, [secret(text)]).then(
        () => ({ code: 'unlocked', retryAfter: 0 }),
        ({ code, retryAfter }: { code: string; retryAfter: number }) => ({ code, retryAfter }),
      );
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push((await guess(`Wrong guess ${i}0`)).code);
    expect(codes).toEqual([...Array(4).fill('VAULT_NOT_GENUINE'), 'VAULT_LOCKED_OUT']);
    expect(await guess(PASSWORD)).toEqual({ code: 'VAULT_LOCKED_OUT', retryAfter: 1_800 });
    await signer.close();
    signer = await openTestSigner(home, consent, { clock });
    operator = await connectTo(signer.operatorSocket);
    expect(await guess(PASSWORD)).toEqual({ code: 'VAULT_LOCKED_OUT', retryAfter: 1_800 });
    now += 1_800_000;
    for (let i = 0; i < 5; i++) await guess(`Wrong guess ${i}1`);
    expect(await guess(PASSWORD)).toEqual({ code: 'VAULT_LOCKED_OUT', retryAfter: 3_600 });
    now += 3_600_000;
    expect((await guess(PASSWORD)).code).toBe('unlocked');
  });
});

describe('the agent’s socket', () => {
  verifies('CH-TEE-1');

  test('has none of the operator’s methods', async () => {
    const { signer, ref } = await openWithWallet();
    const agent = await connectTo(signer.agentSocket);
    const own = new Set(Object.keys(AGENT_METHODS));
    for (const method of Object.keys(OPERATOR_METHODS).filter((name) => !own.has(name))) {
      await expect(agent.request(method as 'wallet.unlock', ref, [secret(PASSWORD)])).rejects.toMatchObject({
        code: 'SIGNER_METHOD_UNKNOWN',
      });
    }
    expect((await agent.request('wallets.list', { network: 'local' })).result.wallets).toHaveLength(1);
    expect((await agent.request('hello', { v: 1 })).result.networks).toContain('testnet');
  });

  test('says nothing but an id of what goes wrong inside, and the operator’s log where', async () => {
    const { signer } = await openWithWallet();
    const agent = await connectTo(signer.agentSocket);
    const refused = await agent
      .request('policy.get', { network: 'local', address: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'SIGNER_INTERNAL', message: 'Internal error - access denied' });
    const { correlationId } = refused as { correlationId: string };
    expect(signer.lines).toContainEqual(expect.objectContaining({ correlationId, method: 'policy.get' }));
  });

  test('lives on after garbage, half frames and floods on other connections', async () => {
    const { signer } = await openWithWallet();
    const bad = [
      new Uint8Array(100).fill(0xff),
      frameHead(utf8('{"jsonrpc":"2.0"'), 0),
      frameHead(utf8('{}'), 1_000).subarray(0, 9),
      concatBytes(
        ...Array.from({ length: 500 }, (_, id) =>
          frameHead(utf8(`{"jsonrpc":"2.0","id":${id},"method":"hello","params":{"v":1}}`), 0),
        ),
      ),
    ];
    for (const bytes of bad) {
      const socket = connect(signer.agentSocket);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket.destroy();
    }
    const agent = await connectTo(signer.agentSocket);
    expect((await agent.request('hello', { v: 1 })).result.v).toBe(1);
  });

  test('takes a bounded number of connections, and others once these are gone', async () => {
    const { signer } = await openWithWallet();
    const sockets = Array.from({ length: 60 }, () => connect(signer.agentSocket).on('error', () => undefined));
    await expect
      .poll(() => sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length)
      .toBeGreaterThanOrEqual(28);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(async () => {
        const agent = await connectTo(signer.agentSocket);
        return agent.request('hello', { v: 1 }).then(
          () => true,
          () => false,
        );
      })
      .toBe(true);
  });
});

describe('a home', () => {
  test('belongs to one signer at a time', async () => {
    const home = await temporaryHome();
    await openTestSigner(home);
    await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'STORE_HOME_IN_USE' });
  });

  test('is not opened with another key in its place, or with none beside its database', async () => {
    const home = await temporaryHome();
    await (await openTestSigner(home)).close();
    const path = join(home, 'signer', 'key');
    await writeFile(path, new Uint8Array(32).fill(9));
    await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'STORE_TABLE_NOT_GENUINE' });
    await writeFile(path, new Uint8Array(31));
    await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'SIGNER_HOME_DAMAGED' });
    await rm(path);
    await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'SIGNER_HOME_DAMAGED' });
  });

  describe('with files that others can open', () => {
    verifies('XR-FILE-2');

    test.each(['key', 'state.db', 'uses.db'])('is refused: %s', async (name) => {
      const home = await temporaryHome();
      await (await openTestSigner(home)).close();
      await chmod(join(home, 'signer', name), 0o644);
      await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'STORE_FILE_TOO_OPEN' });
    });

    test('is written with modes 0600 and 0700 only', async () => {
      const { home, signer } = await openWithWallet();
      const entries = await readdir(join(home, 'signer'), { recursive: true, withFileTypes: true });
      expect(entries.length).toBeGreaterThan(10);
      for (const entry of entries.filter((each) => !each.isSocket())) {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        expect([entry.name, (mode & 0o077).toString(8)]).toEqual([entry.name, '0']);
      }
      await signer.close();
    });
  });

  test('keeps the approvers of its first start, whatever the file says later', async () => {
    const home = await temporaryHome();
    await mkdir(join(home, 'operator'), { mode: 0o700 });
    const write = (by: string) =>
      writeFile(
        join(home, 'operator', 'approvers.json'),
        JSON.stringify({ approvers: [{ keyId: `key-${by}`, by, publicKey: Buffer.alloc(32, 1).toString('base64') }] }),
        { mode: 0o600 },
      );
    const seen: string[][] = [];
    const open = () =>
      openTestSigner(home, new Consent(), {
        authority: async ({ home: opened }) => {
          seen.push(opened.approvers.map(({ by }) => by));
          return new Consent().service;
        },
      });
    await (await open()).close();
    await write('anna');
    await (await open()).close();
    await write('mallory');
    await (await open()).close();
    expect(seen).toEqual([[], ['anna'], ['anna']]);
  });

  test('is not opened where the approvers’ file is none', async () => {
    const home = await temporaryHome();
    await mkdir(join(home, 'operator'), { mode: 0o700 });
    await writeFile(join(home, 'operator', 'approvers.json'), '{"approvers":[{"keyId":1}]}', { mode: 0o600 });
    await expect(openTestSigner(home)).rejects.toMatchObject({ code: 'SIGNER_HOME_DAMAGED' });
  });

  test('refuses an older state put back', async () => {
    const home = await temporaryHome();
    const consent = new Consent();
    await (await openTestSigner(home, consent)).close();
    const path = join(home, 'signer', 'state.db');
    const old = await readFile(path);
    const signer = await openTestSigner(home, consent);
    await (await connectTo(signer.operatorSocket)).request('wallet.create', wish, [secret(PASSWORD)]);
    await signer.close();
    await writeFile(path, old);
    await expect(openTestSigner(home, consent)).rejects.toMatchObject({ code: 'SIGNER_HOME_DAMAGED' });
  });
});
