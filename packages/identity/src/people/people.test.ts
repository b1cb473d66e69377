import { systemRandom } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../clock.fixture.ts';
import { FRESH_SIGN_IN, MAX_PASSKEYS, MAX_WALLETS } from '../limits.ts';
import type { SignInPurpose } from '../sign-in/challenge.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { People } from './people.ts';
import { identitiesOf, type Person } from './person.ts';
import { MemoryPersonStore } from './store.ts';

const refusedFor = (reason: string) =>
  expect.objectContaining({ code: 'IDENTITY_PERSON_REFUSED', details: { reason } });

async function setUp() {
  const clock = new TestClock();
  const store = new MemoryPersonStore();
  const people = new People(store, clock, systemRandom);
  const by = (account: string, purpose: SignInPurpose, requestId?: string): SignedIn => ({
    account,
    purpose,
    ...(requestId !== undefined && { requestId }),
    proof: 'key',
    nonce: 'n',
    at: clock.now(),
  });
  const person = await people.signedIn(by('xrpl:0:rA', 'sign-in'));
  const link = (to: Person, account: string) => people.link(to, by('xrpl:0:rA', 'link', 'r'), by(account, 'link', 'r'));
  return { clock, store, people, by, person, link };
}

describe('a person', () => {
  it('is one for one wallet, however often it signs in', async () => {
    const { people, by, person } = await setUp();
    expect(person).toMatchObject({ revision: 0, wallets: [{ account: 'xrpl:0:rA', proof: 'key' }], passkeys: [] });
    expect(await people.signedIn(by('xrpl:0:rA', 'sign-in'))).toEqual(person);
    const both = await Promise.all([1, 2].map(() => people.signedIn(by('xrpl:0:rB', 'sign-in'))));
    expect(both[0]!.id).toBe(both[1]!.id);
    expect(both[0]!.id).not.toBe(person.id);
  });

  it('gains a wallet that both signed for, and loses it the same way', async () => {
    const { people, by, person, link } = await setUp();
    const linked = await link(person, 'sui:mainnet:0xb');
    expect(identitiesOf(linked)).toEqual([person.id, 'xrpl:0:rA', 'sui:mainnet:0xb']);
    expect((await people.signedIn(by('sui:mainnet:0xb', 'sign-in'))).id).toBe(person.id);
    const left = await people.unlink(linked, by('xrpl:0:rA', 'unlink', 'r'), by('sui:mainnet:0xb', 'unlink', 'r'));
    expect(identitiesOf(left)).toEqual([person.id, 'xrpl:0:rA']);
    expect((await people.signedIn(by('sui:mainnet:0xb', 'sign-in'))).id).not.toBe(person.id);
  });

  it.each<[string, string, (by: Awaited<ReturnType<typeof setUp>>['by']) => [SignedIn, SignedIn]]>([
    ['a sign-in instead of a link', 'purpose', (by) => [by('xrpl:0:rA', 'sign-in', 'r'), by('b', 'link', 'r')]],
    ['the other wallet’s sign-in', 'purpose', (by) => [by('xrpl:0:rA', 'link', 'r'), by('b', 'sign-in', 'r')]],
    ['an unlink', 'purpose', (by) => [by('xrpl:0:rA', 'unlink', 'r'), by('b', 'link', 'r')]],
    ['two requests', 'request', (by) => [by('xrpl:0:rA', 'link', 'r'), by('b', 'link', 's')]],
    ['no request', 'request', (by) => [by('xrpl:0:rA', 'link'), by('b', 'link')]],
    ['one wallet twice', 'same wallet', (by) => [by('xrpl:0:rA', 'link', 'r'), by('xrpl:0:rA', 'link', 'r')]],
    ['a wallet that is not theirs', 'not theirs', (by) => [by('c', 'link', 'r'), by('b', 'link', 'r')]],
    ['an old signature', 'stale', (by) => [by('xrpl:0:rA', 'link', 'r'), { ...by('b', 'link', 'r'), at: 0 }]],
    ['a future one', 'stale', (by) => [{ ...by('xrpl:0:rA', 'link', 'r'), at: 9e15 }, by('b', 'link', 'r')]],
  ])('gains none with %s', async (_what, reason, make) => {
    const { people, by, person } = await setUp();
    await expect(people.link(person, ...make(by))).rejects.toEqual(refusedFor(reason));
  });

  it('gains none that is another’s, and not more than the most', async () => {
    const { people, by, person, link } = await setUp();
    await people.signedIn(by('xrpl:0:rB', 'sign-in'));
    await expect(link(person, 'xrpl:0:rB')).rejects.toEqual(refusedFor('taken'));
    let now = person;
    for (let i = 1; i < MAX_WALLETS; i++) now = await link(now, `xrpl:0:r${i}`);
    await expect(link(now, 'xrpl:0:rX')).rejects.toEqual(refusedFor('too many'));
    await expect(link(person, 'xrpl:0:rX')).rejects.toEqual(refusedFor('conflict'));
  });

  it('never loses the last wallet', async () => {
    const { people, by, person, link } = await setUp();
    const a = by('xrpl:0:rA', 'unlink', 'r');
    await expect(people.unlink(person, a, by('xrpl:0:rA', 'unlink', 'r'))).rejects.toEqual(refusedFor('same wallet'));
    await expect(people.unlink(person, a, by('xrpl:0:rZ', 'unlink', 'r'))).rejects.toEqual(refusedFor('not theirs'));
    await expect(people.unlinkLost(person, a, by('admin', 'unlink', 'r'), 'xrpl:0:rZ')).rejects.toEqual(
      refusedFor('unknown'),
    );
    await expect(people.unlinkLost(person, a, by('admin', 'unlink', 'r'), 'xrpl:0:rA')).rejects.toEqual(
      refusedFor('last'),
    );
    const two = await link(person, 'xrpl:0:rB');
    await expect(people.unlinkLost(two, a, by('admin', 'unlink', 'r'), 'xrpl:0:rA')).rejects.toEqual(
      refusedFor('last'),
    );
  });

  it('loses a lost wallet with an admin’s help, who is somebody else', async () => {
    const { people, by, person, link } = await setUp();
    const two = await link(person, 'xrpl:0:rB');
    const a = by('xrpl:0:rA', 'unlink', 'r');
    await expect(people.unlinkLost(two, a, by('xrpl:0:rB', 'unlink', 'r'), 'xrpl:0:rB')).rejects.toEqual(
      refusedFor('same wallet'),
    );
    const left = await people.unlinkLost(two, a, by('admin', 'unlink', 'r'), 'xrpl:0:rB');
    expect(left.wallets).toHaveLength(1);
  });

  it('is not spoken for by a node, once a wallet signed with its key', async () => {
    const { people, by, person } = await setUp();
    const byNode = (purpose: SignInPurpose): SignedIn => ({ ...by('xrpl:0:rA', purpose, 'r'), proof: 'contract' });
    await expect(people.signedIn(byNode('sign-in'))).rejects.toEqual(refusedFor('proof'));
    await expect(people.link(person, byNode('link'), by('xrpl:0:rEve', 'link', 'r'))).rejects.toEqual(
      refusedFor('proof'),
    );
    await expect(people.addPasskey(person, byNode('link'), 'key-1', '')).rejects.toEqual(refusedFor('proof'));
    // A wallet that is a contract speaks as one, and with a key of its own too.
    const contract = { ...by('eip155:1:0xc', 'sign-in'), proof: 'contract' as const };
    const owner = await people.signedIn(contract);
    expect((await people.signedIn(contract)).id).toBe(owner.id);
    expect((await people.signedIn({ ...contract, proof: 'key' })).id).toBe(owner.id);
  });

  it('gains and loses passkeys by a wallet’s signature', async () => {
    const { people, by, person, clock } = await setUp();
    const mine = () => by('xrpl:0:rA', 'link');
    const one = await people.addPasskey(person, mine(), 'key-1', 'My\u202E phone');
    expect(one.passkeys).toEqual([{ credentialId: 'key-1', label: 'My phone', linkedAt: clock.now() }]);
    await expect(people.addPasskey(one, mine(), 'key-1', '')).rejects.toEqual(refusedFor('taken'));
    await expect(people.addPasskey(one, by('xrpl:0:rZ', 'link'), 'key-2', '')).rejects.toEqual(
      refusedFor('not theirs'),
    );
    await expect(people.addPasskey(one, by('xrpl:0:rA', 'unlink'), 'key-2', '')).rejects.toEqual(refusedFor('purpose'));
    const old = mine();
    clock.pass(FRESH_SIGN_IN);
    await expect(people.addPasskey(one, old, 'key-2', '')).rejects.toEqual(refusedFor('stale'));
    let many = await people.addPasskey(one, by('xrpl:0:rA', 'sign-in'), 'key-2', '');
    for (let i = 3; i <= MAX_PASSKEYS; i++) many = await people.addPasskey(many, mine(), `key-${i}`, '');
    await expect(people.addPasskey(many, mine(), 'one more', '')).rejects.toEqual(refusedFor('too many'));
    const none = await people.removePasskey(many, 'key-1');
    expect(none.passkeys).toHaveLength(MAX_PASSKEYS - 1);
    await expect(people.removePasskey(none, 'key-1')).rejects.toEqual(refusedFor('unknown'));
  });
});
