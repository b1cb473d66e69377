import { utf8 } from '@wardmesh/core';
import {
  indexKey,
  ManualClock,
  MemoryFiles,
  MemoryKeyUses,
  MemoryLockout,
  quickKdf,
  seededRandom,
} from '../fixture.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { type ImportRequest, Keystore } from './keystore.ts';
import type { KeystoreOptions } from './options.ts';

export const PASSWORD = 'Correct horse 9';
export const BACKUP_PASSWORD = 'Another battery 7';
export const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
export const ADDRESS = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';
export const MESSAGE = utf8('STX\0 a message');

export const secret = (text: string): SecureBuffer => SecureBuffer.from(text);
export const password = (): SecureBuffer => secret(PASSWORD);
export const backupPassword = (): SecureBuffer => secret(BACKUP_PASSWORD);

let counter = 0;

/** Ports of a machine; keystores come and go on it. */
export function machine(overrides: Partial<KeystoreOptions> = {}) {
  const clock = new ManualClock();
  const uses = new MemoryKeyUses();
  const options = {
    network: 'testnet',
    files: new MemoryFiles(),
    clock,
    random: seededRandom(`machine ${counter++}`),
    indexKey: indexKey(),
    uses: uses.of,
    lockout: new MemoryLockout(),
    deriveKey: quickKdf,
    ...overrides,
  } satisfies KeystoreOptions;
  return { options, clock, uses, files: options.files as MemoryFiles };
}

export async function openKeystore(overrides: Partial<KeystoreOptions> = {}) {
  const on = machine(overrides);
  return { ...on, keystore: await Keystore.open(on.options) };
}

export const importSeed = (keystore: Keystore, overrides: Partial<ImportRequest> = {}) =>
  keystore.import({
    name: 'imported',
    password: password(),
    secret: secret(SEED),
    confirmedAddress: ADDRESS,
    ...overrides,
  });
