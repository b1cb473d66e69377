import type { Clock, Random } from '@wardmesh/core';
import { hkdf, passwordKey, SealingKey } from '@wardmesh/crypto';
import { Lockout } from '@wardmesh/limits';
import { type Database, type HomeLock, lockHome, makeDirectorySecure, openDatabase } from '@wardmesh/store';
import {
  Keystore,
  NETWORKS,
  type Network,
  type PasswordKdf,
  type SecureBuffer,
  type VaultFiles,
} from '@wardmesh/vault';
import type { Approver } from '../authority/options.ts';
import { sealApprovers } from './approvers.ts';
import type { SignerPaths } from './paths.ts';
import { openStoreKey } from './store-key.ts';
import { UseCounters } from './use-counters.ts';
import { vaultFiles } from './vault-files.ts';

/** All that the signer keeps, open and held by this process alone. */
export interface SignerHome {
  readonly paths: SignerPaths;
  readonly database: Database;
  readonly keystores: ReadonlyMap<Network, Keystore>;
  readonly files: VaultFiles;
  readonly uses: UseCounters;
  readonly lockout: Lockout;
  readonly approvers: readonly Approver[];
  /** A key for one purpose, from the store's key. The caller wipes it. */
  derive(label: string): Uint8Array;
  sealingKey(label: string): SealingKey;
  close(): Promise<void>;
}

export interface HomeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The operator's list, read until it names somebody. */
  readonly approversFile: string;
  readonly deriveKey?: PasswordKdf;
  readonly fips?: boolean;
}

/**
 * Opens the home, or makes it. The lock comes first: two signers on one home would count the same limits twice.
 * @throws STORE_HOME_IN_USE, SIGNER_HOME_DAMAGED, STORE_*, VAULT_* for what is damaged or too open
 */
export async function openHome(paths: SignerPaths, options: HomeOptions): Promise<SignerHome> {
  for (const folder of [paths.folder, paths.keystore, paths.log, paths.agentFolder, paths.operatorFolder]) {
    await makeDirectorySecure(folder);
  }
  const lock = await lockHome(paths.folder);
  let key: SecureBuffer | undefined;
  try {
    key = await openStoreKey(paths, options.random);
    return await open(paths, options, lock, key);
  } catch (error) {
    key?.zero();
    await lock.release();
    throw error;
  }
}

async function open(paths: SignerPaths, options: HomeOptions, lock: HomeLock, key: SecureBuffer): Promise<SignerHome> {
  const { clock, random, fips } = options;
  const derive = (label: string): Uint8Array => hkdf(key.getBuffer(), `signer/${label}`);
  const uses = new UseCounters(paths.uses);
  const sealingKeys: SealingKey[] = [];
  const sealingKey = (label: string): SealingKey => {
    const bytes = derive(label);
    const made = new SealingKey({ keyId: label, key: bytes, uses: uses.of(`seal-${label}`), random });
    bytes.fill(0);
    sealingKeys.push(made);
    return made;
  };
  const databaseKey = derive('state');
  const database = await openDatabase({ path: paths.database, key: databaseKey, clock, random }).catch((error) => {
    uses.close();
    throw error;
  });
  databaseKey.fill(0);
  try {
    const lockout = await Lockout.open(database.lockouts);
    const files = vaultFiles(paths.keystore);
    const deriveKey = oneAtATime(options.deriveKey ?? passwordKey);
    const keystores = new Map<Network, Keystore>();
    for (const network of NETWORKS) {
      const indexKey = sealingKey(`index_${network}`);
      keystores.set(
        network,
        await Keystore.open({
          network,
          files,
          clock,
          random,
          indexKey,
          uses: uses.of,
          lockout,
          deriveKey,
          ...(fips !== undefined && { fips }),
        }),
      );
    }
    const approvers = await sealApprovers(database.documents, options.approversFile);
    return {
      paths,
      database,
      keystores,
      files,
      uses,
      lockout,
      approvers,
      derive,
      sealingKey,
      async close() {
        for (const keystore of keystores.values()) keystore.lockAll();
        for (const sealing of sealingKeys) sealing.destroy();
        key.zero();
        uses.close();
        await database.close();
        await lock.release();
      },
    };
  } catch (error) {
    uses.close();
    await database.close();
    throw error;
  }
}

/** The secure heap has room for one Argon2id at a time; a queue is also what a guesser deserves. */
function oneAtATime(derive: PasswordKdf): PasswordKdf {
  let turn: Promise<unknown> = Promise.resolve();
  return (password, parameters) => {
    const key = turn.then(() => derive(password, parameters));
    turn = key.catch(() => undefined);
    return key;
  };
}
