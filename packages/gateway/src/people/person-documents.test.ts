import type { Json } from '@wardmesh/core';
import type { Passkey, Person } from '@wardmesh/identity';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { passkeyDocuments } from './passkey-documents.ts';
import { personDocuments } from './person-documents.ts';

/** Documents in memory that stop working after so many writes, as a process that is killed does. */
class FakeDocuments {
  readonly all = new Map<string, Json>();
  writesLeft = Number.POSITIVE_INFINITY;

  async get(key: string) {
    return structuredClone(this.all.get(key));
  }
  async put(key: string, document: Json) {
    this.#write();
    this.all.set(key, structuredClone(document));
  }
  async remove(key: string) {
    this.#write();
    return this.all.delete(key);
  }
  #write() {
    if (this.writesLeft-- <= 0) throw new Error('killed');
  }
}

const alias = (text: string) => `alias-of-${text.length}-${text.at(-1)}`;
function setUp() {
  const documents = new FakeDocuments();
  const database = { documents: documents as never };
  const people = personDocuments(database, alias);
  return { documents, people, passkeys: passkeyDocuments(database, people, alias) };
}
const person = (id: string, revision: number, accounts: readonly string[], keys: readonly string[] = []): Person => ({
  id,
  revision,
  createdAt: 1,
  wallets: accounts.map((account) => ({ account, proof: 'key', linkedAt: 1 })),
  passkeys: keys.map((credentialId) => ({ credentialId, label: '', linkedAt: 1 })),
});
const passkey = (credentialId: string, of: string, counter = 0): Passkey => ({
  credentialId,
  person: of,
  publicKey: 'AA',
  counter,
  transports: [],
  deviceType: 'singleDevice',
  backedUp: false,
  createdAt: 1,
});

describe('the people of a home', () => {
  verifies('CM-AUTH-1');

  it('are found by their wallets and passkeys, while they have them', async () => {
    const { people } = setUp();
    const ada = person('ada', 0, ['w1'], ['p1']);
    expect(await people.put(ada)).toBe(true);
    expect(await people.findByAccount('w1')).toEqual(ada);
    expect(await people.findByPasskey('p1')).toEqual(ada);
    expect(await people.put(person('ada', 1, ['w1', 'w2']))).toBe(true);
    expect(await people.findByPasskey('p1')).toBeUndefined();
    expect((await people.findByAccount('w2'))?.id).toBe('ada');
  });

  it('change one after the other: the slower of two is told', async () => {
    const { people } = setUp();
    await people.put(person('ada', 0, ['w1']));
    const both = await Promise.all([
      people.put(person('ada', 1, ['w1'], ['p1'])),
      people.put(person('ada', 1, ['w1'], ['p2'])),
    ]);
    expect(both).toEqual([true, false]);
    expect(await people.put(person('ada', 5, ['w1']))).toBe(false);
    expect(await people.put(person('ada', 0, ['w1']))).toBe(false);
  });

  it('share no wallet and no passkey', async () => {
    const { people } = setUp();
    await people.put(person('ada', 0, ['w1'], ['p1']));
    expect(await people.put(person('eve', 0, ['w1']))).toBe(false);
    expect(await people.put(person('eve', 0, ['w2'], ['p1']))).toBe(false);
    expect(await people.findByAccount('w2')).toBeUndefined();
    const both = await Promise.all([people.put(person('bob', 0, ['w9'])), people.put(person('cyd', 0, ['w9']))]);
    expect(both).toEqual([true, false]);
  });

  it.each([0, 1, 2, 3])(
    'that were being changed when the process died (after %i writes) are as before or after',
    async (writes) => {
      const { people, documents } = setUp();
      const before = person('ada', 0, ['w1'], ['p1']);
      const after = person('ada', 1, ['w1'], ['p2']);
      await people.put(before);
      documents.writesLeft = writes;
      const isDone = await people.put(after).catch(() => undefined);
      documents.writesLeft = Number.POSITIVE_INFINITY;
      const now = (await people.get('ada'))!;
      expect(isDone === true ? [after] : [before, after]).toContainEqual(now);
      for (const key of ['p1', 'p2']) {
        const has = now.passkeys.some(({ credentialId }) => credentialId === key);
        expect((await people.findByPasskey(key)) !== undefined).toBe(has);
      }
      // And what was left behind stands in nobody's way.
      expect(await people.put(person('ada', now.revision + 1, ['w1'], ['p1', 'p2']))).toBe(true);
    },
  );

  it('have passkeys whose counters only move as compared', async () => {
    const { people, passkeys } = setUp();
    expect(await passkeys.add(passkey('p1', 'ada'))).toBe(true);
    expect(await passkeys.add(passkey('p1', 'eve'))).toBe(false);
    // Not theirs before the person says so.
    expect(await passkeys.of('ada')).toEqual([]);
    await people.put(person('ada', 0, ['w1'], ['p1']));
    expect(await Promise.all([passkeys.advance('p1', 0, 4), passkeys.advance('p1', 0, 5)])).toEqual([true, false]);
    expect(await passkeys.of('ada')).toEqual([passkey('p1', 'ada', 4)]);
    await passkeys.remove('p1');
    expect(await passkeys.advance('p1', 4, 5)).toBe(false);
    expect(await passkeys.of('ada')).toEqual([]);
  });
});
