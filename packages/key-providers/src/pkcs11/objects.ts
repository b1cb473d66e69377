import { fromHex, isCoded } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import {
  CKA_ALWAYS_SENSITIVE,
  CKA_CLASS,
  CKA_EXTRACTABLE,
  CKA_ID,
  CKA_LOCAL,
  CKA_NEVER_EXTRACTABLE,
  CKA_PRIVATE,
  CKA_SENSITIVE,
  CKA_TOKEN,
} from './constants.ts';
import type { TokenSession } from './token.ts';

/** CKA_ID of a key: the 16 bytes of its id. */
export function idOf(keyId: string): Buffer {
  return Buffer.from(fromHex(keyId.slice('key_'.length)));
}

/**
 * The object of this class and id; undefined where there is none. Only private objects count: a public one can be put
 * there by whoever reaches the token without its PIN. @throws VAULT_PROVIDER_FAULT for two of them
 */
export function findObject({ cryptoki, handle }: TokenSession, objectClass: number, id: Buffer): Buffer | undefined {
  cryptoki.C_FindObjectsInit(handle, [
    { type: CKA_CLASS, value: objectClass },
    { type: CKA_ID, value: id },
    { type: CKA_TOKEN, value: true },
    { type: CKA_PRIVATE, value: true },
  ]);
  let found: Buffer[];
  try {
    found = cryptoki.C_FindObjects(handle, 2);
  } finally {
    cryptoki.C_FindObjectsFinal(handle);
  }
  if (found.length > 1) throw vaultError('VAULT_PROVIDER_FAULT', 'the token has two keys of one id');
  return found[0];
}

/** What a token must say of a key before we use it, and each key that says otherwise. */
const KEPT_INSIDE: readonly (readonly [number, boolean])[] = [
  [CKA_SENSITIVE, true],
  [CKA_ALWAYS_SENSITIVE, true],
  [CKA_EXTRACTABLE, false],
  [CKA_NEVER_EXTRACTABLE, true],
  [CKA_LOCAL, true],
];

/** @throws VAULT_PROVIDER_FAULT where the key was not made inside the token, or can leave it or ever could */
export function assertKeptInside({ cryptoki, handle }: TokenSession, key: Buffer): void {
  let values: readonly boolean[];
  try {
    const answer = cryptoki.C_GetAttributeValue(
      handle,
      key,
      KEPT_INSIDE.map(([type]) => ({ type })),
    );
    values = answer.map(({ value }) => value[0] === 1);
  } catch (error) {
    if (isCoded(error)) throw error;
    throw vaultError('VAULT_PROVIDER_FAULT', 'the token does not say how it keeps the key', { cause: error });
  }
  if (!KEPT_INSIDE.every(([, wanted], i) => values[i] === wanted)) {
    throw vaultError('VAULT_PROVIDER_FAULT', 'the token does not keep the key inside', {
      hint: 'Use a token that makes its own keys and never gives them out.',
    });
  }
}
