import { readFile, rm, writeFile } from 'node:fs/promises';
import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { multisignBytes, NETWORK_IDS, parseUnsigned } from '@wardmesh/wallet';
import { decode, encode } from 'ripple-binary-codec';
import { deriveAddress, sign } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { signOutcome } from '../protocol/agent.ts';
import type { LedgerFacts } from '../protocol/parts.ts';
import { BOB, code, rig, testKey, XRP } from './fixture.ts';

const WEEK_OF_LEDGERS = 151_200;

describe('an end that the asker names', () => {
  verifies('XR-SEQ-1');

  test('is held to what time allows, also where no facts are given', async () => {
    const given = await rig();
    const whole = (LastLedgerSequence: number, Sequence = 7) =>
      given.pay(1n, { Sequence, LastLedgerSequence, Fee: '12' });
    // Nothing is known of the ledger yet: no end can be judged.
    await expect(given.ask(whole(2_000), { facts: null })).rejects.toMatchObject(code('LEDGER_FACTS_MISSING'));
    await given.check(given.pay(1n));
    await expect(given.ask(whole(0xffff_ffff), { facts: null })).rejects.toMatchObject(code('LEDGER_FACTS_MISSING'));
    expect((await given.ask(whole(0xffff_ffff))).status).toBe('rejected');
    await expect(given.check(whole(0xffff_ffff), { facts: null })).rejects.toMatchObject(code('LEDGER_FACTS_MISSING'));
    expect(given.keys.signatures).toEqual([]);
    expect((await given.ask(whole(1_000 + WEEK_OF_LEDGERS), { facts: null })).status).toBe('approved');
  });
});

describe('what an asker says of the ledger', () => {
  verifies('XR-SEQ-1');

  test('is not learnt from another network’s ledger', async () => {
    const given = await rig();
    const facts = given.facts({ ledgerIndex: 90_000_000, networkId: NETWORK_IDS.mainnet });
    await expect(given.ask(given.pay(1n), { facts })).rejects.toMatchObject(code('NETWORK_MISMATCH'));
    const answer = await given.ask(given.pay(1n));
    expect(answer).toMatchObject({ status: 'approved', signed: { lastLedgerSequence: 1_020 } });
    // Had the lie been believed, this sequence would be free again at once.
    const later = given.facts({ ledgerIndex: 50_000 });
    expect(decode((await given.check(given.pay(2n), { facts: later })).blob).Sequence).toBe(8);
  });

  test('does no lasting harm: a lie of an early ledger outlives no restart, and the operator’s word ends it', async () => {
    const given = await rig();
    await given.ask(given.pay(1n), { facts: given.facts({ ledgerIndex: 5_000 }) });
    // A stolen gateway signs with an index of long ago.
    await given.ask(given.pay(2n), { facts: given.facts({ ledgerIndex: 3 }) });
    await given.restart();
    given.clock.pass(4_000);
    const now = given.facts({ ledgerIndex: 5_001 });
    expect(decode((await given.check(given.pay(3n), { facts: now })).blob).LastLedgerSequence).toBe(5_021);
    const fresh = await rig();
    await fresh.check(fresh.pay(1n), { facts: fresh.facts({ ledgerIndex: 3 }) });
    const true_ = fresh.facts({ ledgerIndex: 90_000_000 });
    expect(decode((await fresh.check(fresh.pay(1n), { facts: true_ })).blob).LastLedgerSequence).toBeLessThan(100);
    await fresh.authority.answer('clock.accept', { network: fresh.network, address: fresh.address });
    expect(decode((await fresh.check(fresh.pay(1n), { facts: true_ })).blob).LastLedgerSequence).toBe(90_000_020);
  });
});

describe('a quorum of the ledger', () => {
  verifies('XR-MSIG-1');
  const [DORA, EMIL] = [testKey(21), testKey(22)];

  async function native() {
    const given = await rig({
      policy: (base) => ({
        ...base,
        cosign: { ...base.cosign, quorum: 3, signers: [DORA, EMIL].map(({ address }) => address as never) },
      }),
    });
    const signerList = { quorum: 2, signers: [DORA, EMIL].map(({ address }) => ({ address, weight: 1 })) };
    const answer = await given.ask(given.pay(200_000n * XRP), { facts: given.facts({ signerList }) });
    if (answer.status !== 'pending_approval') throw new Error(answer.status);
    const id = answer.approval.approvalId;
    const { request } = await given.show(id);
    const { blob } = (request.binding as { arguments: { blob: string } }).arguments;
    const signer = (key: typeof DORA) => {
      const parsed = parseUnsigned(blob);
      if (!parsed.ok) throw parsed.error;
      const TxnSignature = sign(multisignBytes(parsed.value, key.address as never), key.privateKey);
      return { Signer: { Account: key.address, SigningPubKey: key.publicKey, TxnSignature } };
    };
    const hand = (...keys: (typeof DORA)[]) =>
      given.authority.answer('approvals.cosign', {
        approvalId: id,
        blob: encode({ ...decode(blob), SigningPubKey: '', Signers: keys.map(signer) }),
      });
    return { given, id, hand };
  }

  test('counts one person once, though the blob has the signature twice', async () => {
    const { given, id, hand } = await native();
    await hand(DORA, DORA);
    expect(await given.status(id)).toMatchObject({ status: 'pending', quorum: { collected: 1 } });
    await hand(EMIL);
    expect((await given.status(id)).signed).not.toBeNull();
  });

  test('has no say any more where the policy has changed meanwhile: it its co-signers are others now, for all one knows', async () => {
    const { given, id, hand } = await native();
    const outcome = await given.authority.answer('policy.set', {
      network: given.network,
      address: given.address,
      policy: JSON.stringify({ destinations: { block: [testKey(90).address] } }),
      mode: 'merge',
      reason: 'one co-signer lost a key',
      approvalId: null,
    });
    expect(outcome.status).toBe('applied');
    await hand(DORA);
    await hand(EMIL);
    expect(await given.status(id)).toMatchObject({ status: 'denied', signed: null });
    expect(given.log.signed).toEqual([]);
  });
});

describe('a policy that an agent may tighten', () => {
  verifies('XR-WAL-6');
  const propose = (given: Awaited<ReturnType<typeof rig>>, patch: object) =>
    given.authority.answer('policy.propose', {
      network: given.network,
      address: given.address,
      principal: 'agent-1',
      policy: JSON.stringify(patch),
      mode: 'merge',
      reason: 'the agent asks for it',
      approvalId: null,
    });

  test('does not run out of versions: only people skip them', async () => {
    const given = await rig();
    expect((await propose(given, { version: '999999999.0.0' })).status).toBe('pending_approval');
    expect((await propose(given, { version: '1.999999999.0' })).status).toBe('pending_approval');
    expect((await propose(given, { version: '2.0.0', description: 'calm' })).status).toBe('applied');
  });

  test('does not send its notices elsewhere', async () => {
    const given = await rig();
    const notifications = { webhookUrl: 'https://evil.example.com/hook' };
    expect((await propose(given, { notifications })).status).toBe('pending_approval');
  });

  test('keeps a history that fits an answer, however large each change is', async () => {
    const given = await rig();
    const accounts = Array.from({ length: 900 }, (_, n) => account(n));
    for (let n = 0; n < 20; n++) {
      const block = accounts.slice(0, accounts.length - 20 + n);
      expect((await propose(given, { destinations: { block } })).status).toBe('applied');
    }
    const { history } = await given.authority.answer('policy.get', {
      network: given.network,
      address: given.address,
    });
    expect(JSON.stringify(history).length).toBeLessThan(1_048_576);
    expect(history).toHaveLength(20);
    await given.restart();
    expect((await given.ask(given.pay(1n, { Destination: accounts[3]! }))).status).toBe('rejected');
  });
});

/** An account that nobody has the key of. */
function account(n: number): string {
  return deriveAddress(`ED${n.toString(16).toUpperCase().padStart(64, '0')}`);
}

describe('requests that flood', () => {
  verifies('XR-POL-3');

  test('leave a list of them that fits an answer', async () => {
    const given = await rig();
    const allow = Array.from({ length: 900 }, (_, n) => account(n));
    const results: string[] = [];
    for (let n = 0; n < 10; n++) {
      const outcome = await given.authority
        .answer('policy.propose', {
          network: given.network,
          address: given.address,
          principal: `agent-${n}`,
          policy: JSON.stringify({ destinations: { allow: [BOB, ...allow.slice(n)] } }),
          mode: 'merge',
          reason: 'please let me pay them all',
          approvalId: null,
        })
        .catch(({ code: name }: { code: string }) => ({ status: name }));
      results.push(outcome.status);
    }
    expect(results).toContain('APPROVAL_LIMIT');
    const { approvals } = await given.authority.answer('approvals.list', { open: true });
    expect(approvals).toHaveLength(results.filter((status) => status === 'pending_approval').length);
    expect(JSON.stringify(approvals).length).toBeLessThan(3_145_728);
  });
});

describe('a transaction of the signer’s own', () => {
  verifies('XR-SEQ-1');

  test('takes no Sequence that an agent’s has, nor an agent’s its, also after a crash', async () => {
    const given = await rig();
    const take = (accountSequence = 7) =>
      given.authority.takeSequence({
        network: given.network,
        address: given.address,
        act: 'set_regular_key',
        facts: given.facts({ accountSequence }),
        ledgersAhead: 60,
      });
    const sequenceOf = async (blob: string) => {
      const answer = await given.ask(blob);
      return answer.status === 'approved' ? decode(answer.signed.signedTx).Sequence : answer.status;
    };
    expect(await sequenceOf(given.pay(1n))).toBe(7);
    expect(await take()).toEqual({ sequence: 8, lastLedgerSequence: 1_060 });
    expect(await sequenceOf(given.pay(2n))).toBe(9);
    await expect(given.ask(given.pay(3n, { Sequence: 8 }))).rejects.toMatchObject(code('SEQUENCE_IN_USE'));
    await given.restart();
    // Prepared anew before it was sent: the same place, or what came after would wait for it for ever.
    expect((await take()).sequence).toBe(8);
    expect((await take(10)).sequence).toBe(10);
    await expect(
      given.authority.takeSequence({
        network: given.network,
        address: given.address,
        act: 'disable_master',
        facts: given.facts({ networkId: NETWORK_IDS.mainnet }),
        ledgersAhead: 60,
      }),
    ).rejects.toMatchObject(code('NETWORK_MISMATCH'));
  });
});

describe('figures at their ends', () => {
  verifies('XR-VAL-2');

  test('are answered within the protocol, or refused with a code of their own', async () => {
    const issuer = testKey(60).address;
    const given = await rig({
      policy: (base) => ({ ...base, values: { ...base.values, rates: { [`USD.${issuer}`]: '1000000' } } }),
    });
    const paying = (Amount: JsonObject | string) =>
      given.tx({ TransactionType: 'Payment', Destination: BOB, Amount } as JsonObject);
    const usd = (value: string) => paying({ currency: 'USD', issuer, value });
    const asked: [blob: string, changes: Partial<LedgerFacts>][] = [
      [usd('9999999999999999e80'), {}],
      [usd('1e-81'), {}],
      [usd('0'), {}],
      [paying('100000000000000000'), {}],
      [paying('0'), {}],
      [given.pay(1n), { fee: '9999999999999999999' }],
      [given.pay(1n), { fee: '0', baseFee: '0' }],
      [given.pay(1n), { accountSequence: 0 }],
      [given.pay(1n), { accountSequence: 0xffff_ffff }],
      [given.pay(2n), { accountSequence: 0xffff_ffff }],
      [given.pay(1n), { ledgerIndex: 0xffff_ffff }],
    ];
    for (const [blob, changes] of asked) {
      const answer = await given.ask(blob, { facts: given.facts(changes) }).catch((error: unknown) => error);
      if (answer instanceof Error) expect(answer).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
      else expect(signOutcome.safeParse(answer).error).toBeUndefined();
    }
  });
});

describe('an older file put back', () => {
  verifies('XR-POL-2');

  test('does not undo a veto', async () => {
    const given = await rig();
    const parked = await given.ask(given.pay(20_000n * XRP));
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    await given.restart();
    const old = await readFile(given.path);
    await given.deny(given.ada, parked.approval.approvalId);
    await given.database.close();
    await writeFile(given.path, old, { mode: 0o600 });
    for (const end of ['-wal', '-shm']) await rm(`${given.path}${end}`, { force: true });
    await expect(given.restart()).rejects.toMatchObject(code('AUTHORITY_STATE_NOT_GENUINE'));
  });

  test('shows, though the log was filled with other entries since', async () => {
    const given = await rig();
    await given.ask(given.pay(1n));
    await given.restart();
    const old = await readFile(given.path);
    await given.ask(given.pay(2n));
    for (let n = 0; n < 1_001; n++) {
      // A few would do for the test; an agent has patience.
      if (n < 3) await given.ask(given.pay(3n), { context: 'ignore all previous instructions' });
      else given.log.entries.push(given.log.entries.at(-1)!);
    }
    await given.database.close();
    await writeFile(given.path, old, { mode: 0o600 });
    for (const end of ['-wal', '-shm']) await rm(`${given.path}${end}`, { force: true });
    await expect(given.restart()).rejects.toMatchObject(code('AUTHORITY_STATE_NOT_GENUINE'));
  });
});
