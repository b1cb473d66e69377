import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { utf8 } from '@wardmesh/core';
import { createHome } from '@wardmesh/gateway';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { type HomePaths, homePaths } from '../home-paths.ts';
import {
  type ApproverEntry,
  approverOf,
  createOperatorKey,
  isSealed,
  readOperatorKey,
  writeOperatorKey,
} from '../operator/key-file.ts';
import { givenPassphrase, type PassphraseOptions, typed } from '../operator/passphrase.ts';
import { writeFileSecure } from '../operator/private-file.ts';

export interface InitOptions extends PassphraseOptions {
  /** False after --no-passphrase. */
  readonly passphrase?: boolean;
}

export interface Initialised {
  readonly paths: HomePaths;
  /** What was made just now, relative to the home. */
  readonly made: readonly string[];
  /** Whether the operator key is under a passphrase. */
  readonly sealed: boolean;
}

/** Makes what is missing of a home; what is there stays as it is. */
export async function initialise(context: Context, options: InitOptions): Promise<Initialised> {
  const paths = homePaths(context.home);
  const isNew = !existsSync(paths.config);
  const { made } = await createHome(context.home, context.clock, context.random);
  const key = await ensureOperatorKey(context, paths, options);
  return {
    paths,
    made: [...(isNew ? ['workspace'] : []), ...made, ...key.made],
    sealed: key.sealed,
  };
}

async function ensureOperatorKey(
  context: Context,
  paths: HomePaths,
  options: InitOptions,
): Promise<{ made: string[]; sealed: boolean }> {
  const made: string[] = [];
  if (!existsSync(paths.operatorKey)) {
    const passphrase = await newPassphrase(context, options);
    await writeOperatorKey(paths.operatorKey, await createOperatorKey(context, operatorName(), passphrase));
    made.push('operator/key.json');
  }
  const key = await readOperatorKey(paths.operatorKey);
  // Who may approve is a decision of its own: an existing list is not added to.
  if (!existsSync(paths.approvers)) {
    const approvers: { approvers: ApproverEntry[] } = { approvers: [approverOf(key)] };
    await writeFileSecure(paths.approvers, utf8(`${JSON.stringify(approvers, null, 2)}\n`));
    made.push('operator/approvers.json');
  }
  return { made, sealed: isSealed(key) };
}

function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name (a container's numeric one).
    return 'operator';
  }
}

/** The passphrase of a new key; undefined leaves it unsealed. Asked twice, since nobody can recover it. */
async function newPassphrase(context: Context, options: InitOptions): Promise<string | undefined> {
  const given = givenPassphrase(context, options);
  if (given !== undefined) return given;
  if (options.passphrase === false || context.stdin.isTTY !== true || context.json) return undefined;
  const first = await typed(context, 'Passphrase for the operator key, which signs approvals (empty: none): ');
  if (first === '') return undefined;
  const second = await typed(context, 'The same again: ');
  if (first === second) return first;
  throw usage('the two passphrases differ', 'Run ward init again; nothing was lost.');
}
