import { copyFile, readFile, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code, type Rig, rig, XRP } from './fixture.ts';

const limits = (given: Rig) => given.authority.answer('limits.get', { network: given.network, address: given.address });
const spent = async (given: Rig) => BigInt((await limits(given)).spentToday);
const whole = { Sequence: 7, LastLedgerSequence: 1_100, Fee: '12' };
const COST = 10n * XRP + 12n;

function raw(given: Rig, sql: string): void {
  const database = new DatabaseSync(given.path, { timeout: 5_000 });
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
const failing = (given: Rig, table: string) =>
  raw(
    given,
    `CREATE TRIGGER full_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
  );
const repaired = (given: Rig, table: string) => raw(given, `DROP TRIGGER full_${table}`);
const planted = () => {
  throw new Error('planted');
};

describe('no signature leaves', () => {
  verifies('XR-WAL-2', 'XR-POL-2', 'CH-TEE-3', 'XR-FAIL-1');

  test('where the log cannot record it; nothing stays counted, and later it goes on', async () => {
    const given = await rig();
    given.log.fault = planted;
    await expect(given.ask(given.pay(10n * XRP, whole))).rejects.toThrow('planted');
    expect(await spent(given)).toBe(0n);
    given.log.fault = () => undefined;
    expect((await given.ask(given.pay(10n * XRP, whole))).status).toBe('approved');
    expect(await spent(given)).toBe(COST);
  });

  test('where the store is full before signing: the key is not even asked', async () => {
    const given = await rig();
    failing(given, 'usage');
    await expect(given.ask(given.pay(10n * XRP, whole))).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_/),
    });
    expect(given.keys.signatures).toEqual([]);
    repaired(given, 'usage');
    expect(await spent(given)).toBe(0n);
    expect((await given.ask(given.pay(10n * XRP, whole))).status).toBe('approved');
  });

  test('where the store is full after signing; what was reserved stays counted until it is tried again', async () => {
    const given = await rig();
    failing(given, 'transactions');
    await expect(given.ask(given.pay(10n * XRP, whole))).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_/),
    });
    expect(given.keys.signatures).toHaveLength(1);
    expect(await spent(given)).toBe(COST);
    await expect(given.ask(given.pay(11n * XRP, whole))).rejects.toMatchObject(code('SEQUENCE_IN_USE'));
    repaired(given, 'transactions');
    expect((await given.ask(given.pay(10n * XRP, whole))).status).toBe('approved');
    expect(await spent(given)).toBe(COST);
  });

  test('where the key fails, or answers with a signature that does not verify', async () => {
    const given = await rig();
    given.keys.fault = planted;
    await expect(given.ask(given.pay(10n * XRP, whole))).rejects.toThrow('planted');
    given.keys.fault = () => undefined;
    given.keys.tamper = (signature) => signature.with(5, signature[5]! ^ 1);
    await expect(given.ask(given.pay(10n * XRP, whole))).rejects.toMatchObject(code('SIGNATURE_NOT_GENUINE'));
    expect([await spent(given), given.log.signed]).toEqual([0n, []]);
  });

  test('one failure beside many successes takes nothing from them', async () => {
    const given = await rig();
    let n = 0;
    given.log.fault = () => {
      if (++n === 5) planted();
    };
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => given.ask(given.pay(BigInt(i + 1)))));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect((await limits(given)).dayCount).toBe(19);
  });
});

describe('a crash', () => {
  verifies('XR-POL-2', 'XR-SEQ-1');

  /** Runs until the port is reached, dies there, and starts again on what is on disk. */
  async function dieAt(given: Rig, port: 'keys' | 'log') {
    const reached = Promise.withResolvers<void>();
    given[port].fault = () => {
      reached.resolve();
      throw new Error('died');
    };
    void given.ask(given.pay(10n * XRP, whole)).catch(() => undefined);
    await reached.promise;
    await given.restart();
    given[port].fault = () => undefined;
  }

  test.each(['keys', 'log'] as const)('at %s: counted or given back, never both signed and free', async (at) => {
    const given = await rig();
    await dieAt(given, at);
    expect([0n, COST]).toContain(await spent(given));
    const answer = await given.ask(given.pay(10n * XRP, whole));
    expect(answer.status).toBe('approved');
    expect(await spent(given)).toBe(COST);
    await expect(given.ask(given.pay(11n * XRP, whole))).rejects.toMatchObject(code('SEQUENCE_IN_USE'));
  });

  test('between reservation and commit: it counts, and no other bytes get its sequence', async () => {
    const given = await rig();
    failing(given, 'transactions');
    await given.ask(given.pay(10n * XRP, whole)).catch(() => undefined);
    await given.restart();
    expect(await spent(given)).toBe(COST);
    await expect(given.ask(given.pay(11n * XRP, whole))).rejects.toMatchObject(code('SEQUENCE_IN_USE'));
    repaired(given, 'transactions');
    await given.restart();
    expect((await given.ask(given.pay(10n * XRP, whole))).status).toBe('approved');
  });

  test('what it left reserved comes back once no ledger can include it', async () => {
    const given = await rig();
    failing(given, 'transactions');
    await given.ask(given.pay(10n * XRP, whole)).catch(() => undefined);
    repaired(given, 'transactions');
    await given.restart();
    const later = given.facts({ ledgerIndex: 1_101 });
    await given.ask(given.pay(0n), { facts: later });
    expect(await spent(given)).toBe(COST + 12n); // the ledger cannot be there yet
    given.clock.pass(400_000);
    await given.ask(given.pay(0n), { facts: later });
    expect(await spent(given)).toBe(24n);
  });

  test('between taking a request and signing it: it is signed when asked for again, once', async () => {
    const given = await rig();
    const parked = await given.ask(given.pay(20_000n * XRP));
    const id = parked.status === 'pending_approval' ? parked.approval.approvalId : '';
    given.clock.pass(61_000);
    given.keys.fault = planted;
    await expect(given.status(id)).rejects.toThrow('planted');
    await given.restart();
    given.keys.fault = () => undefined;
    expect((await given.show(id)).approval.status).toBe('ready');
    await expect(given.deny(given.ada, id)).rejects.toMatchObject(code('APPROVAL_REPLAYED'));
    const done = await given.status(id);
    expect(done.status).toBe('released');
    expect([await given.status(id), given.log.signed.length]).toEqual([done, 1]);
  });

  test('between the commit and the note of it: the very same signature is given', async () => {
    const given = await rig();
    const parked = await given.ask(given.pay(20_000n * XRP));
    const id = parked.status === 'pending_approval' ? parked.approval.approvalId : '';
    given.clock.pass(61_000);
    failing(given, 'parked');
    await expect(given.status(id)).rejects.toMatchObject({ code: expect.stringMatching(/^STORE_/) });
    repaired(given, 'parked');
    await given.restart();
    const done = await given.status(id);
    expect(done.signed?.hash).toBe(given.log.signed[0]?.receipt?.effect.tx?.split(':')[2]);
    expect(given.keys.signatures).toHaveLength(1);
  });
});

describe('somebody with the file', () => {
  verifies('XR-POL-2');

  test('cannot put back an older one: the log knows better', async () => {
    const given = await rig();
    await given.ask(given.pay(10n * XRP));
    await given.database.close();
    await copyFile(given.path, `${given.path}.old`);
    await given.restart();
    await given.ask(given.pay(10n * XRP));
    await given.database.close();
    for (const suffix of ['-wal', '-shm']) await rm(`${given.path}${suffix}`, { force: true });
    await copyFile(`${given.path}.old`, given.path);
    await expect(given.restart()).rejects.toMatchObject(code('AUTHORITY_STATE_NOT_GENUINE'));
  });

  test('reads no account, transaction or policy there', async () => {
    const given = await rig();
    const answer = await given.ask(given.pay(10n * XRP));
    await given.ask(given.pay(20_000n * XRP));
    await given.database.close();
    const bytes = await readFile(given.path);
    const hash = answer.status === 'approved' ? answer.signed.hash : '';
    for (const text of [given.address, 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', hash, 'testnet', 'autonomousMax']) {
      expect(bytes.includes(text)).toBe(false);
    }
  });

  test.each([
    ['forget what was spent', 'DELETE FROM usage'],
    ['forget one reservation or the policy', 'DELETE FROM usage WHERE rowid = 1'],
    ['remove a veto', 'DELETE FROM approvals'],
    ['make a request ready', 'UPDATE parked SET sealed = zeroblob(200)'],
    ['hide a signature', 'DELETE FROM transactions'],
  ])('cannot %s', async (_, sql) => {
    const given = await rig();
    await given.ask(given.pay(10n * XRP));
    await given.ask(given.pay(20_000n * XRP));
    await given.database.close();
    raw(given, sql);
    await expect(given.restart()).rejects.toMatchObject(code('AUTHORITY_STATE_NOT_GENUINE'));
  });
});
