import type { Json } from '@wardmesh/core';
import { hasWallet, type Person, type PersonStore } from '@wardmesh/identity';
import type { Database } from '@wardmesh/store';
import { Turns } from './turns.ts';

const personKey = (id: string) => `people/${id}`;

/** What stands in a key for an account or a credential id: keys of documents are not sealed, and addresses are public. */
export type Alias = (text: string) => string;

/**
 * The people of one home, a sealed document each, and one for each way to find them. A way is written before the person
 * and believed only where the person says the same: a stop in between leaves nothing that counts. The home is this
 * process's alone.
 */
export function personDocuments({ documents }: Pick<Database, 'documents'>, alias: Alias): PersonStore {
  const accountKey = (account: string) => `people-by-account/${alias(account)}`;
  const passkeyKey = (credentialId: string) => `people-by-passkey/${alias(credentialId)}`;
  const keysOf = ({ wallets, passkeys }: Person) => [
    ...wallets.map(({ account }) => accountKey(account)),
    ...passkeys.map(({ credentialId }) => passkeyKey(credentialId)),
  ];
  const turns = new Turns();
  const get = async (id: string) => (await documents.get(personKey(id))) as Person | undefined;
  const follow = async (key: string) => {
    const id = await documents.get(key);
    return typeof id === 'string' ? get(id) : undefined;
  };
  const findByAccount = async (account: string) => {
    const person = await follow(accountKey(account));
    return person !== undefined && hasWallet(person, account) ? person : undefined;
  };
  const findByPasskey = async (credentialId: string) => {
    const person = await follow(passkeyKey(credentialId));
    return person?.passkeys.some((passkey) => passkey.credentialId === credentialId) ? person : undefined;
  };
  const isAnothers = (person: Person | undefined, id: string) => person !== undefined && person.id !== id;

  return {
    get,
    findByAccount,
    findByPasskey,
    put: (next) =>
      turns.take(async () => {
        const known = await get(next.id);
        if ((known?.revision ?? -1) !== next.revision - 1) return false;
        for (const { account } of next.wallets) if (isAnothers(await findByAccount(account), next.id)) return false;
        for (const { credentialId } of next.passkeys) {
          if (isAnothers(await findByPasskey(credentialId), next.id)) return false;
        }
        const keys = keysOf(next);
        const before = known === undefined ? [] : keysOf(known);
        for (const key of keys) if (!before.includes(key)) await documents.put(key, next.id);
        await documents.put(personKey(next.id), next as unknown as Json);
        for (const key of before) if (!keys.includes(key)) await documents.remove(key);
        return true;
      }),
  };
}
