import { type Json, systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { People } from './people.ts';

function databaseOf(held: Record<string, Json> = {}) {
  const documents = new Map(Object.entries(held));
  return {
    documents: {
      get: async (key: string) => documents.get(key),
      put: async (key: string, value: Json) => void documents.set(key, value),
    },
  } as never;
}

const open = (database: never, operatorKey: Uint8Array | undefined) =>
  People.open({ database, home: 'home', operatorKey, clock: systemClock, random: systemRandom });
const key = (byte: number) => new Uint8Array(32).fill(byte);

describe('the operator of a home', () => {
  verifies('CM-RBAC-1');

  it('is who was there first: a list of approvers that is changed later makes nobody the operator', async () => {
    const database = databaseOf();
    const { operator } = await open(database, key(1));
    expect(operator).toBe(`operator:${'01'.repeat(32)}`);
    expect((await open(database, key(2))).operator).toBe(operator);
    expect((await open(database, undefined)).operator).toBe(operator);
  });

  it('is nobody where there is no list, and is not pinned then', async () => {
    const database = databaseOf();
    const first = await open(database, undefined);
    expect((await open(database, undefined)).operator).not.toBe(first.operator);
    expect((await open(database, key(1))).operator).toBe(`operator:${'01'.repeat(32)}`);
  });

  it('is not pinned anew where what was pinned is no key', async () => {
    await expect(open(databaseOf({ 'roles/operator': { planted: true } }), key(2))).rejects.toMatchObject({
      code: 'ROLES_OPERATOR_NOT_GENUINE',
    });
  });
});

describe('a draft of a change', () => {
  it.each(['bob', '', 'eip155:1:0x71c7656ec7ab88b098defb751b7401b5f6d8976f', 'solana:x:y'])(
    'is not made for %j, and says what an id looks like',
    async (subject) => {
      const people = await open(databaseOf(), key(1));
      expect(() => people.prepare('ada', { act: 'grant', subject, role: 'auditor' })).toThrow(
        expect.objectContaining({ code: 'SUBJECT_INVALID', hint: expect.stringContaining('CAIP-10') }),
      );
    },
  );

  it('is its maker’s alone, and goes with the first try', async () => {
    const people = await open(databaseOf(), key(1));
    const { draftId } = people.prepare('ada', { act: 'grant', subject: 'agent:bob', role: 'auditor' });
    const proof = { signature: 'AA==' };
    await expect(people.commit('bob', draftId, proof)).rejects.toMatchObject({ code: 'DRAFT_UNKNOWN' });
    const both = await Promise.allSettled([people.commit('ada', draftId, proof), people.commit('ada', draftId, proof)]);
    expect(both.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual([
      'IDENTITY_GRANT_REFUSED',
      'DRAFT_UNKNOWN',
    ]);
    expect(people.grants()).toEqual([]);
  });
});
