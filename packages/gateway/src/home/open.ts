import { join } from 'node:path';
import { Approvals } from '@wardmesh/approvals';
import { type AuditAlert, type AuditLog, openAudit, type RecoveryReport, vkeyOf } from '@wardmesh/audit';
import { type Clock, CodedError, fromUtf8, type Random, utf8 } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { verifyWalletMessage } from '@wardmesh/identity';
import { Lockout } from '@wardmesh/limits';
import {
  type Database,
  type DatabaseHead,
  FolderLogStorage,
  type HomeLock,
  lockHome,
  makeDirectorySecure,
  openDatabase,
  readFileSecure,
  writeFileSecure,
} from '@wardmesh/store';
import { Agents } from '../agents/agents.ts';
import { assertConfig, type WardConfig } from '../config/index.ts';
import { PersonPasskeys } from '../people/passkeys.ts';
import { People } from '../people/people.ts';
import { ApproverFile, approverKeys } from './approvers.ts';
import { nodeIdOf, originOf } from './identity.ts';
import { deriveHomeKeys, type HomeKeys, readMasterKey } from './keys.ts';
import { HOME_FOLDERS, type HomePaths, homePaths } from './paths.ts';

export interface Home {
  readonly paths: HomePaths;
  readonly nodeId: string;
  /** Public key of the log, C2SP vkey. */
  readonly vkey: string;
  readonly config: WardConfig;
  readonly keys: HomeKeys;
  readonly database: Database;
  readonly audit: AuditLog;
  readonly recovery: RecoveryReport;
  readonly agents: Agents;
  readonly approvals: Approvals;
  readonly people: People;
  /** They work once the gateway has an address. */
  readonly passkeys: PersonPasskeys;
  readonly lockout: Lockout;
  close(): Promise<void>;
}

export interface OpenHomeOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly alert?: (alert: AuditAlert) => void;
}

const RESTORE = 'Restore state.db from a backup. The log is kept apart and is not affected: ward audit verify.';

export type HomeErrorCode = 'HOME_STATE_NOT_GENUINE' | 'HOME_LOG_KEY_NOT_GENUINE';

/**
 * Opens a home for this process alone: locked, its keys read, its state and log verified and mended where a crash left
 * something half done. What was found is in `recovery`. @throws CodedError of config, store, audit and keys
 */
export async function openHome(options: OpenHomeOptions): Promise<Home> {
  const { home, clock, random } = options;
  const paths = homePaths(home);
  const config = assertConfig(paths.config);
  await makeDirectorySecure(home);
  const lock = await lockHome(home);
  const closers: (() => Promise<unknown>)[] = [() => lock.release()];
  try {
    for (const folder of HOME_FOLDERS) await makeDirectorySecure(join(home, folder));
    const keys = deriveHomeKeys(await readMasterKey(paths.masterKey));
    const nodeId = nodeIdOf(keys);
    const database = await openDatabase({ path: paths.state, key: keys.state, clock, random }).catch(advise);
    closers.push(() => database.close());
    const storage = await FolderLogStorage.open(paths.log);
    closers.push(() => storage.close());
    const { log: audit, recovery } = await openAudit({
      storage,
      clock,
      random,
      keys: { hmac: keys.auditHmac, seal: keys.auditSeal, signing: keys.auditSigning },
      origin: originOf(nodeId),
      bounds: { segmentBytes: config.audit.segmentBytes, retentionMs: config.audit.retention },
      ...(options.alert && { alert: options.alert }),
    });
    closers.push(() => audit.close());
    await assertLogKey(paths.logKey, vkeyOf(originOf(nodeId), keys.auditSigning));
    await assertGenuine(database, audit);
    const agents = await Agents.open(database.agents, clock, random);
    const file = new ApproverFile(paths.approvers);
    const [first] = await file.list();
    const people = await People.open({ database, home: nodeId, operatorKey: first?.publicKey, clock, random });
    const lockout = await Lockout.open(database.lockouts);
    const passkeys = new PersonPasskeys({ database, key: keys.passkeys, lockout, clock, random });
    const approvals = new Approvals({
      store: database.approvals,
      keys: approverKeys(file, people, passkeys),
      passkeyVerify: passkeys.verify,
      walletVerify: (account, text, signature) => verifyWalletMessage(account, text, { signature }),
      clock,
      random,
      contentHash,
      ed25519Verify,
    });
    return {
      paths,
      nodeId,
      vkey: vkeyOf(originOf(nodeId), keys.auditSigning),
      config,
      keys,
      database,
      audit,
      recovery,
      agents,
      approvals,
      people,
      passkeys,
      lockout,
      async close() {
        for (const closer of closers.splice(0).reverse()) await closer();
      },
    };
  } catch (error) {
    for (const closer of closers.splice(0).reverse()) await closer().catch(() => {});
    throw error;
  }
}

/** A database that cannot be read says what to do about it. */
function advise(error: unknown): never {
  if (!(error instanceof CodedError) || error.hint !== undefined) throw error;
  throw new CodedError(error.code, error.message, { hint: RESTORE, details: error.details, cause: error });
}

/** The key that `ward verify` trusts here must be this log's: another one there would make forged receipts verify. */
async function assertLogKey(path: string, vkey: string): Promise<void> {
  let found: string;
  try {
    found = fromUtf8(await readFileSecure(path)).trim();
  } catch (error) {
    if ((error as { code?: string }).code !== 'STORE_FILE_MISSING') throw error;
    await writeFileSecure(path, utf8(`${vkey}\n`));
    return;
  }
  if (found === vkey) return;
  throw new CodedError('HOME_LOG_KEY_NOT_GENUINE', `${path} does not hold the key of this log.`, {
    hint: 'Trust no receipt that was verified with it. Delete the file; the next start writes the right key.',
  });
}

/** Compares the database with what the log last said of it, so that an old copy put back is seen. */
async function assertGenuine(database: Database, audit: AuditLog): Promise<void> {
  const recent = await audit.tail(1_000);
  const latest = recent.findLast((entry) => entry.eventType === 'system.stop' || entry.eventType === 'system.start');
  const expected = (latest?.operation.parameters.state ?? {}) as DatabaseHead;
  const report = await database.verifyDatabase(expected);
  const [fault] = report.faults;
  if (fault === undefined) return;
  throw new CodedError(
    'HOME_STATE_NOT_GENUINE',
    `The state of this home was changed outside Wardmesh: ${fault.message}.`,
    {
      hint: RESTORE,
      details: { code: fault.code },
      cause: fault,
    },
  );
}

export type { HomeLock };
