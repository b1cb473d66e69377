import { type Json, type JsonObject, systemRandom, uuid } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { OPERATOR_METHODS } from '../protocol/operator.ts';
import { APPROVERS_DOCUMENT } from './approvers.ts';
import { code, HOUR, Person, type Rig, type RigOptions, rig, XRP } from './fixture.ts';
import { WalletPerson } from './wallet-person.fixture.ts';

const REASON = 'she answers for the shop';
const propose = async (given: Rig, act: 'add' | 'remove', keyId: string) =>
  (await given.authority.answer('approvers.propose', { act, keyId, reason: REASON })).approval;
const list = (given: Rig) => given.authority.answer('approvers.list', {});
const keyIds = async (given: Rig) => (await list(given)).approvers.map(({ keyId }) => keyId);
const overOf = async (given: Rig, id: string) => (await given.show(id)).request.over as string;
const approve = (given: Rig, approvalId: string, signed: { keyId: string; signature: string }) =>
  given.authority.answer('approvals.approve', { approvalId, ...signed });
/** A policy that asks for so many people; the wallet's own signature counts as one of its quorum. */
const peopleOf = (people: number): RigOptions => ({
  policy: (base) => ({ ...base, cosign: { ...base.cosign, quorum: people + 1 } }),
});
/** Testnet: above 100,000 XRP is tier 3. */
const T3 = 200_000n * XRP;

/** A rig whose approvers let a wallet in. */
async function withPhantom(quorum = 1) {
  const given = await rig(peopleOf(quorum));
  const phantom = new WalletPerson();
  const { approvalId } = await propose(given, 'add', phantom.account);
  for (const person of [given.ada, given.bob, given.cyd].slice(0, quorum)) await given.approve(person, approvalId);
  return { given, phantom, approvalId };
}

describe('a wallet as an approver', () => {
  verifies('WM-APR-1', 'XR-WAL-3');

  test('is let in by those who are, shown exactly what would be, and stays over a restart', async () => {
    const given = await rig();
    const phantom = new WalletPerson();
    const before = await keyIds(given);
    const asked = await propose(given, 'add', phantom.account);
    expect(asked).toMatchObject({ kind: 'approvers', status: 'pending', quorum: { collected: 0, required: 1 } });
    expect(asked.explanation[0]).toContain(phantom.account);
    expect(await keyIds(given)).toEqual(before);
    const { arguments: args } = (await given.show(asked.approvalId)).request.binding as { arguments: JsonObject };
    expect(args).toMatchObject({ act: 'add', keyId: phantom.account });
    expect((args.approvers as JsonObject[]).at(-1)).toEqual({
      keyId: phantom.account,
      by: phantom.account,
      account: phantom.account,
    });
    await given.approve(given.ada, asked.approvalId);
    expect(await keyIds(given)).toEqual([...before, phantom.account]);
    expect((await given.status(asked.approvalId)).status).toBe('released');
    await given.restart();
    expect(await keyIds(given)).toContain(phantom.account);
    expect(given.log.entries.findLast(({ eventType }) => eventType === 'role.grant')?.operation).toMatchObject({
      name: 'approvers.changed',
      parameters: { keyId: phantom.account, revision: 1 },
    });
  });

  test('co-signs a transaction of tier 3, and the receipt names it', async () => {
    const { given, phantom } = await withPhantom();
    const blob = given.pay(T3);
    const parked = await given.ask(blob);
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    const { approvalId, tier } = parked.approval;
    expect(tier).toBe(3);
    await approve(given, approvalId, phantom.over('approve', await overOf(given, approvalId)));
    expect(await given.ask(blob, { approvalId })).toMatchObject({ status: 'approved' });
    expect(JSON.stringify(given.log.signed.at(-1)?.receipt?.approval)).toContain(phantom.account);
  });

  test('is one of a quorum of two, beside an operator’s key', async () => {
    const { given, phantom } = await withPhantom(2);
    const blob = given.pay(T3);
    const parked = await given.ask(blob);
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    const { approvalId } = parked.approval;
    const signed = phantom.over('approve', await overOf(given, approvalId));
    expect((await approve(given, approvalId, signed)).approval).toMatchObject({ status: 'pending' });
    // Twice is once.
    expect((await approve(given, approvalId, signed)).approval.quorum.collected).toBe(1);
    expect((await given.approve(given.ada, approvalId)).approval).toMatchObject({ status: 'ready' });
  });

  test.each([
    [
      'forged',
      (phantom: WalletPerson, over: string) => ({
        ...new WalletPerson().over('approve', over),
        keyId: phantom.account,
      }),
    ],
    ['for a refusal', (phantom: WalletPerson, over: string) => phantom.over('deny', over)],
    ['over another request', (phantom: WalletPerson) => phantom.over('approve', `sha256:${'0'.repeat(64)}`)],
    ['empty', (phantom: WalletPerson) => ({ keyId: phantom.account, signature: '' })],
  ])('does not approve with a signature that is %s', async (_what, forge) => {
    const { given, phantom } = await withPhantom();
    const parked = await given.ask(given.pay(T3));
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    const { approvalId } = parked.approval;
    const forged = forge(phantom, await overOf(given, approvalId));
    await expect(approve(given, approvalId, forged)).rejects.toMatchObject(code('APPROVAL_SIGNATURE_NOT_GENUINE'));
    expect((await given.status(approvalId)).status).toBe('pending');
  });

  test('cannot approve with the signature over one transaction another one', async () => {
    const { given, phantom } = await withPhantom();
    const ids: string[] = [];
    for (const amount of [T3, T3 + 1n]) {
      const parked = await given.ask(given.pay(amount));
      if (parked.status === 'pending_approval') ids.push(parked.approval.approvalId);
    }
    const signed = phantom.over('approve', await overOf(given, ids[0]!));
    await expect(approve(given, ids[1]!, signed)).rejects.toMatchObject(code('APPROVAL_SIGNATURE_NOT_GENUINE'));
  });

  test('may sign in the form of any chain: those of Ethereum and Sui are longer than an operator key’s', () => {
    const { params } = OPERATOR_METHODS['approvals.approve'];
    const keyId = `sui:mainnet:0x${'ab'.repeat(32)}`;
    for (const signature of [`0x${'ab'.repeat(65)}`, 'A'.repeat(132)]) {
      expect(params.safeParse({ approvalId: uuid(systemRandom), keyId, signature }).success).toBe(true);
    }
  });

  test('does not decide on what it asked for itself', async () => {
    const { given, phantom } = await withPhantom();
    const outcome = await given.authority.answer('policy.propose', {
      network: given.network,
      address: given.address,
      principal: phantom.account,
      policy: '{"amounts":{"autonomousMax":"20000000000"}}',
      mode: 'merge',
      reason: 'I would like it so',
      approvalId: null,
    });
    if (outcome.status !== 'pending_approval') throw new Error(outcome.status);
    const { approvalId } = outcome.approval;
    const signed = phantom.over('approve', await overOf(given, approvalId));
    await expect(approve(given, approvalId, signed)).rejects.toMatchObject(code('APPROVAL_SELF'));
  });

  test('does not let itself in', async () => {
    const given = await rig();
    const mallory = new WalletPerson();
    const { approvalId } = await propose(given, 'add', mallory.account);
    const signed = mallory.over('approve', await overOf(given, approvalId));
    await expect(approve(given, approvalId, signed)).rejects.toMatchObject(code('APPROVAL_KEY_UNKNOWN'));
    expect(await keyIds(given)).not.toContain(mallory.account);
  });

  test('stops counting when it is taken out, also where it had signed', async () => {
    const { given, phantom } = await withPhantom(2);
    const blob = given.pay(T3);
    const parked = await given.ask(blob);
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    const { approvalId } = parked.approval;
    await approve(given, approvalId, phantom.over('approve', await overOf(given, approvalId)));
    const removal = await propose(given, 'remove', phantom.account);
    await given.approve(given.ada, removal.approvalId);
    await given.approve(given.bob, removal.approvalId);
    expect(await keyIds(given)).not.toContain(phantom.account);
    expect((await given.approve(given.ada, approvalId)).approval.status).toBe('pending');
    await expect(
      approve(given, approvalId, phantom.over('approve', await overOf(given, approvalId))),
    ).rejects.toMatchObject(code('APPROVAL_KEY_UNKNOWN'));
  });
});

describe('a change of the approvers', () => {
  verifies('WM-APR-1');

  test('needs as many people as the strictest policy asks for', async () => {
    const given = await rig(peopleOf(2));
    const mallory = new WalletPerson();
    const { approvalId, quorum } = await propose(given, 'add', mallory.account);
    expect(quorum.required).toBe(2);
    // One person under a quorum of two could otherwise make a second one of their own.
    await given.approve(given.ada, approvalId);
    await given.approve(given.ada, approvalId);
    expect(await keyIds(given)).not.toContain(mallory.account);
    await given.approve(given.bob, approvalId);
    expect(await keyIds(given)).toContain(mallory.account);
  });

  test('works once: signatures over it are worth nothing for the next one', async () => {
    const { given, phantom, approvalId } = await withPhantom();
    const signed = given.ada.over('approve', await overOf(given, approvalId));
    await expect(approve(given, approvalId, signed)).rejects.toMatchObject(code('APPROVAL_REPLAYED'));
    const removal = await propose(given, 'remove', phantom.account);
    await given.approve(given.ada, removal.approvalId);
    const again = await propose(given, 'add', phantom.account);
    expect(again.approvalId).not.toBe(approvalId);
    await expect(approve(given, again.approvalId, signed)).rejects.toMatchObject(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
    expect(await keyIds(given)).not.toContain(phantom.account);
  });

  test('is void once another one was made', async () => {
    const given = await rig();
    const [first, second] = [new WalletPerson(), new WalletPerson()];
    const a = await propose(given, 'add', first.account);
    const b = await propose(given, 'add', second.account);
    expect((await propose(given, 'add', second.account)).approvalId).toBe(b.approvalId);
    await given.approve(given.ada, a.approvalId);
    await expect(given.approve(given.bob, b.approvalId)).rejects.toMatchObject(code('CONCURRENT_MODIFICATION'));
    expect(await keyIds(given)).not.toContain(second.account);
    expect((await given.status(b.approvalId)).status).toBe('denied');
  });

  test('is void once a policy asks for more people than were asked', async () => {
    const given = await rig();
    const late = new WalletPerson();
    const { approvalId } = await propose(given, 'add', late.account);
    const tightened = await given.authority.answer('policy.propose', {
      network: given.network,
      address: given.address,
      principal: 'agent-1',
      policy: '{"cosign":{"quorum":3}}',
      mode: 'merge',
      reason: 'two people from now on',
      approvalId: null,
    });
    expect(tightened.status).toBe('applied');
    await expect(given.approve(given.ada, approvalId)).rejects.toMatchObject(code('CONCURRENT_MODIFICATION'));
    expect(await keyIds(given)).not.toContain(late.account);
    expect((await propose(given, 'add', late.account)).quorum.required).toBe(2);
  });

  test('expires, and is denied by one', async () => {
    const given = await rig();
    const late = await propose(given, 'add', new WalletPerson().account);
    given.clock.pass(24 * HOUR);
    await expect(given.approve(given.ada, late.approvalId)).rejects.toMatchObject(code('APPROVAL_EXPIRED'));
    const other = await propose(given, 'add', new WalletPerson().account);
    await given.deny(given.bob, other.approvalId);
    await expect(given.approve(given.ada, other.approvalId)).rejects.toMatchObject(code('APPROVAL_DENIED'));
  });

  test('never leaves fewer than the policies need, and so never nobody', async () => {
    const given = await rig();
    for (const person of [given.cyd, given.bob]) {
      const { approvalId } = await propose(given, 'remove', person.approver.keyId);
      await given.approve(given.ada, approvalId);
    }
    expect(await keyIds(given)).toEqual([given.ada.approver.keyId]);
    await expect(propose(given, 'remove', given.ada.approver.keyId)).rejects.toMatchObject(code('APPROVERS_TOO_FEW'));
    const strict = await rig(peopleOf(3));
    await expect(propose(strict, 'remove', strict.cyd.approver.keyId)).rejects.toMatchObject(code('APPROVERS_TOO_FEW'));
  });

  test.each([
    ['no account', 'phantom'],
    ['a chain that is not known', 'cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0'],
    ['an address in another spelling', 'eip155:1:0x71c7656ec7ab88b098defb751b7401b5f6d8976f'],
    ['a wallet of XRPL', 'xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'],
  ])('lets in no approver that is %s', async (_what, account) => {
    await expect(propose(await rig(), 'add', account)).rejects.toMatchObject(code('APPROVER_INVALID'));
  });

  test('adds nobody twice and removes nobody unknown', async () => {
    const { given, phantom } = await withPhantom();
    await expect(propose(given, 'add', phantom.account)).rejects.toMatchObject(code('APPROVER_KNOWN'));
    const ethereum = '0x71C7656EC7ab88b098defB751B7401B5f6d8976F';
    const { approvalId } = await propose(given, 'add', `eip155:1:${ethereum}`);
    await given.approve(given.ada, approvalId);
    // One key is one person, on whatever chain.
    await expect(propose(given, 'add', `eip155:10:${ethereum}`)).rejects.toMatchObject(code('APPROVER_KNOWN'));
    await expect(propose(given, 'remove', 'key-mallory')).rejects.toMatchObject(code('APPROVER_UNKNOWN'));
  });

  test('does not happen where the log cannot hold it, and is carried out by no restart', async () => {
    const given = await rig();
    const phantom = new WalletPerson();
    const { approvalId } = await propose(given, 'add', phantom.account);
    given.log.fault = () => {
      if (given.log.entries.at(-1)?.eventType === 'approval.approve') throw new Error('disk full');
    };
    await expect(given.approve(given.ada, approvalId)).rejects.toThrow();
    given.log.fault = () => undefined;
    expect(await keyIds(given)).not.toContain(phantom.account);
    await given.restart();
    expect(await keyIds(given)).not.toContain(phantom.account);
  });

  test('is not undone by an older list that is put back', async () => {
    const given = await rig();
    const intruder = new Person('cyd');
    const { approvalId } = await propose(given, 'remove', intruder.approver.keyId);
    const older = {
      revision: 0,
      approvers: (await list(given)).approvers.map(({ keyId, by, publicKey }) => ({ keyId, by, publicKey })),
    };
    await given.approve(given.ada, approvalId);
    await given.database.documents.put(APPROVERS_DOCUMENT, older as unknown as Json);
    await expect(given.restart()).rejects.toMatchObject(code('AUTHORITY_STATE_NOT_GENUINE'));
  });
});
