import { lstat } from 'node:fs/promises';
import { isCoded, type Random } from '@wardmesh/core';
import { readFileSecure, writeFileSecure } from '@wardmesh/store';
import { SecureBuffer } from '@wardmesh/vault';
import { signerError } from '../error.ts';
import type { SignerPaths } from './paths.ts';

const KEY_BYTES = 32;

/**
 * The store's key, made at the first start. Where a database is there without it, none is made: an empty index beside
 * wallet files would look like loss and be answered with new wallets.
 * @throws SIGNER_HOME_DAMAGED, STORE_FILE_TOO_OPEN
 */
export async function openStoreKey(paths: SignerPaths, random: Random): Promise<SecureBuffer> {
  const known = await readFileSecure(paths.storeKey, KEY_BYTES).catch((error: unknown) => {
    if (isCoded(error, 'STORE_FILE_MISSING')) return undefined;
    throw isCoded(error, 'STORE_FILE_TOO_LARGE') ? damaged('is longer than a key') : error;
  });
  if (known === undefined) {
    if (await exists(paths.database)) throw damaged('is missing, but the database that it opens is there');
    const key = SecureBuffer.take(random.bytes(KEY_BYTES));
    await writeFileSecure(paths.storeKey, key.getBuffer());
    return key;
  }
  if (known.length !== KEY_BYTES) {
    known.fill(0);
    throw damaged('is shorter than a key');
  }
  return SecureBuffer.take(known);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

function damaged(what: string) {
  return signerError('SIGNER_HOME_DAMAGED', `the store key of the signer ${what}`, {
    hint: 'Bring the folder signer back from a backup of the home; the wallet files alone still open with their passwords.',
  });
}
