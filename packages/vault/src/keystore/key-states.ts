import { vaultError } from '../error.ts';
import { MAX_KEYS } from '../limits.ts';
import type { StoredKey } from '../wallet-file/stored-key.ts';

/** What may happen to the keys of a wallet. Changes return a new list; doing one twice is doing it once. */

/** @throws VAULT_CAPACITY where one more key does not fit */
export function assertRoom(keys: readonly StoredKey[]): void {
  if (keys.length >= MAX_KEYS) throw vaultError('VAULT_CAPACITY', `a wallet has at most ${MAX_KEYS} keys`);
}

/** The pending key of its role takes over; the one before it retires and stays until it is destroyed. */
export function activateKey(keys: readonly StoredKey[], keyId: string): readonly StoredKey[] {
  const chosen = find(keys, keyId);
  if (chosen.state === 'active') return keys;
  if (chosen.state !== 'pending') throw vaultError('VAULT_KEY_STATE', 'a retired key does not come back');
  return keys.map((key) => {
    if (key.keyId === keyId) return { ...key, state: 'active' };
    return key.role === chosen.role && key.state === 'active' ? { ...key, state: 'retired' } : key;
  });
}

/** Only a key that signs nothing may go: pending or retired. */
export function destroyKey(keys: readonly StoredKey[], keyId: string): readonly StoredKey[] {
  const chosen = keys.find((key) => key.keyId === keyId);
  if (chosen === undefined) return keys;
  if (chosen.state === 'active') throw vaultError('VAULT_KEY_STATE', 'an active key is not destroyed');
  return without(keys, keyId);
}

/**
 * The master leaves for its backup once a regular key signs in its place (ADR-004).
 * @param signsElsewhere whether that key is in a provider: the caller has seen it signing on the ledger
 */
export function forgetMaster(keys: readonly StoredKey[], signsElsewhere = false): readonly StoredKey[] {
  if (!signsElsewhere && !keys.some(({ role, state }) => role === 'regular' && state === 'active')) {
    throw vaultError('VAULT_KEY_STATE', 'the master key is the only one that signs', {
      hint: 'Set a regular key on the ledger and activate it first.',
    });
  }
  return keys.filter(({ role }) => role !== 'master');
}

/** The key that signs unless one is named: the regular key where there is one, else the master. */
export function signingKey(keys: readonly StoredKey[], keyId?: string): StoredKey {
  if (keyId !== undefined) {
    const chosen = find(keys, keyId);
    if (chosen.state !== 'active') throw vaultError('VAULT_KEY_STATE', 'only an active key signs');
    return chosen;
  }
  const active = keys.filter(({ state }) => state === 'active');
  const key = active.find(({ role }) => role === 'regular') ?? active[0];
  if (key === undefined) throw vaultError('VAULT_KEY_NOT_FOUND', 'the wallet has no active key');
  return key;
}

function without(keys: readonly StoredKey[], keyId: string): readonly StoredKey[] {
  if (keys.length === 1)
    throw vaultError('VAULT_KEY_STATE', 'the last key of a wallet is not destroyed: delete the wallet');
  return keys.filter((key) => key.keyId !== keyId);
}

function find(keys: readonly StoredKey[], keyId: string): StoredKey {
  const key = keys.find((each) => each.keyId === keyId);
  if (key === undefined) throw vaultError('VAULT_KEY_NOT_FOUND', 'the wallet has no such key');
  return key;
}
