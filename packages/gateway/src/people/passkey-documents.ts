import type { Json } from '@wardmesh/core';
import type { Passkey, PasskeyStore, PersonStore } from '@wardmesh/identity';
import type { Database } from '@wardmesh/store';
import type { Alias } from './person-documents.ts';
import { Turns } from './turns.ts';

/**
 * The keys of the people's passkeys, a sealed document each. One counts only while its person lists it: a stop between
 * the two leaves a key that signs nothing. The home is this process's alone.
 */
export function passkeyDocuments(
  { documents }: Pick<Database, 'documents'>,
  people: PersonStore,
  alias: Alias,
): PasskeyStore {
  const turns = new Turns();
  const keyOf = (credentialId: string) => `passkeys/${alias(credentialId)}`;
  const find = async (credentialId: string) => (await documents.get(keyOf(credentialId))) as Passkey | undefined;
  const put = (passkey: Passkey) => documents.put(keyOf(passkey.credentialId), passkey as unknown as Json);
  return {
    find,
    async of(id) {
      const person = await people.get(id);
      const found = await Promise.all((person?.passkeys ?? []).map(({ credentialId }) => find(credentialId)));
      return found.filter((passkey) => passkey !== undefined);
    },
    add: (passkey) =>
      turns.take(async () => {
        if ((await find(passkey.credentialId)) !== undefined) return false;
        await put(passkey);
        return true;
      }),
    advance: (credentialId, from, to) =>
      turns.take(async () => {
        const passkey = await find(credentialId);
        if (passkey?.counter !== from) return false;
        await put({ ...passkey, counter: to });
        return true;
      }),
    remove: (credentialId) =>
      turns.take(async () => {
        await documents.remove(keyOf(credentialId));
      }),
  };
}
