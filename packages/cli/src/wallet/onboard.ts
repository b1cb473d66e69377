import { isCoded } from '@wardmesh/core';
import type { SignerClient, Wallet } from '@wardmesh/signer/client';
import type { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { note } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { readBackup, usualPath, writeBackup } from './backup-file.ts';
import { refOf } from './find.ts';
import { askFaucet, awaitAccount } from './fund.ts';
import { signingPlace } from './key-place.ts';
import type { LedgerService } from './ledger-service.ts';
import { type EndpointOptions, networkFacts } from './networks.ts';
import { sending } from './sending.ts';

export interface OnboardOptions extends EndpointOptions {
  /** --fund and --no-fund; undefined leaves it to the network: on `local` there is money for everybody. */
  readonly fund?: boolean;
  /** False after --no-secure: the master key goes on signing. */
  readonly secure?: boolean;
}

interface Secrets {
  readonly password: SecureBuffer;
  readonly backupPassword: SecureBuffer;
  /** Of the token that has, or will have, its regular key. */
  readonly pin?: SecureBuffer | undefined;
}

export interface Onboarded {
  readonly wallet: Wallet;
  readonly backup: { readonly file: string; readonly checksum: string };
  /** Drops in the last validated ledger; null where it does not know the account. */
  readonly balance: string | null;
  /** Whether the master key is off on the ledger and forgotten here. */
  readonly secured: boolean;
  readonly steps: readonly string[];
  /** Why a step that was asked for is still to be done; null where none is. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** What follows once a wallet is made: backup, money, cold master, unlocked. Each step can be repeated by a command of its own. */
export async function onboard(
  context: Context,
  signer: SignerClient,
  ledgers: LedgerService,
  made: Wallet,
  secrets: Secrets,
  options: OnboardOptions,
  path: string = usualPath(context, made),
): Promise<Onboarded> {
  const { checksum } = await saveBackup(signer, made, secrets, path);
  note(context, `sealed backup in ${path}: keep it away from this machine`);
  const backup = { file: path, checksum };
  const { balance, problem } = await funded(context, ledgers, made, options);
  // A master key from words or from elsewhere comes alone: a rotation gives it a regular key first.
  const hasRegular = made.keys.some(({ role }) => role === 'regular');
  if (balance === null || !hasRegular || options.secure === false) {
    if (!hasRegular) masterOnly(context, made);
    else if (balance === null && options.secure !== false) notFunded(context, made, path);
    const wallet = await unlock(signer, made, secrets);
    return { wallet, backup, balance, secured: false, steps: [], problem };
  }
  const { wallet, steps } = await secure(signer, made, secrets, path);
  return { wallet: await unlock(signer, wallet, secrets), backup, balance, secured: true, steps, problem };
}

/** The balance, after funding where that is asked for. A ledger or faucet that fails is told, and stops nothing. */
async function funded(
  context: Context,
  ledgers: LedgerService,
  wallet: Wallet,
  options: OnboardOptions,
): Promise<Pick<Onboarded, 'balance' | 'problem'>> {
  const isAsked = options.fund ?? wallet.network === 'local';
  try {
    // A new account has no money; one whose key was imported may have.
    const balance = isAsked
      ? await fund(context, ledgers, wallet, options)
      : await awaitAccount(await ledgers.on(wallet.network), wallet.address, 0);
    return { balance: balance?.toString() ?? null, problem: null };
  } catch (error) {
    if (!isCoded(error)) throw error;
    note(context, `not funded: ${error.message} (${error.code})`);
    return { balance: null, problem: isAsked ? { code: error.code, message: error.message } : null };
  }
}

/** Makes the sealed backup and writes it where the operator wants it. @throws CodedError FILE_UNWRITABLE */
export async function saveBackup(
  signer: SignerClient,
  wallet: Wallet,
  secrets: Secrets,
  path: string,
): Promise<{ readonly checksum: string }> {
  const { result, attachments } = await sending([secrets.password, secrets.backupPassword], (parts) =>
    signer.request('wallet.backup', refOf(wallet), parts),
  );
  const [bytes] = attachments;
  if (bytes === undefined) throw new TypeError('the signer sent no backup');
  await writeBackup(path, bytes);
  return { checksum: result.checksum };
}

/** Test money, where the network gives it away, until a validated ledger knows the account. */
async function fund(
  context: Context,
  ledgers: LedgerService,
  wallet: Wallet,
  options: EndpointOptions,
): Promise<bigint | undefined> {
  const { faucet } = await networkFacts(context, wallet.network, options);
  if (faucet === undefined) {
    throw cliError('NETWORK_NOT_SUPPORTED', `nobody gives money away on ${wallet.network}`, {
      hint: `Send it from another account, then: ward wallet secure ${JSON.stringify(wallet.name)}`,
    });
  }
  const progress = new Progress(context);
  progress.update(`asking the faucet of ${wallet.network}`);
  try {
    await askFaucet(faucet, wallet.address);
    progress.update('waiting for the account on the ledger');
    return await awaitAccount(await ledgers.on(wallet.network), wallet.address);
  } finally {
    progress.clear();
  }
}

/**
 * Regular key on chain, master disabled there once the regular key is validated, master forgotten here. It goes on where
 * an earlier run stopped.
 */
export async function secure(
  signer: SignerClient,
  wallet: Wallet,
  secrets: Secrets,
  backup: string,
): Promise<{ readonly wallet: Wallet; readonly steps: readonly string[] }> {
  using file = await readBackup(backup);
  // Where its provider has not made its key yet, it does so now.
  const isMade = wallet.keys.some(({ role }) => role === 'regular');
  const pin = isMade || secrets.pin === undefined ? [] : [secrets.pin];
  const { result } = await sending([secrets.password, secrets.backupPassword, file, ...pin], (parts) =>
    signer.request('wallet.secure', refOf(wallet), parts),
  );
  return result;
}

/** Opens a wallet so that agents may use it, with what its key's place takes; nothing where it is open. */
export async function unlock(
  signer: SignerClient,
  wallet: Wallet,
  { password, pin }: Pick<Secrets, 'password' | 'pin'>,
): Promise<Wallet> {
  if (wallet.unlocked) return wallet;
  const secret = signingPlace(wallet) === 'vault' ? password : pin;
  const { result } = await sending(secret === undefined ? [] : [secret], (parts) =>
    signer.request('wallet.unlock', refOf(wallet), parts),
  );
  return result.wallet;
}

/** What to do with a wallet that nobody funded yet. */
function notFunded(context: Context, wallet: Wallet, backup: string): void {
  note(
    context,
    [
      `${wallet.address} has no money on ${wallet.network} yet, so its master key still signs.`,
      `Send it at least the reserve, then: ward wallet secure ${JSON.stringify(wallet.name)} --backup-file ${backup}`,
    ].join('\n'),
  );
}

/** How a wallet that came with its master key alone gets a regular key and gives the master up. */
function masterOnly(context: Context, wallet: Wallet): void {
  const name = JSON.stringify(wallet.name);
  note(
    context,
    [
      'Its master key signs, and is here. To put it away, once the account has money:',
      `  ward wallet rotate ${name} --reason security_upgrade   gives it a regular key, once you approved it`,
      `  ward wallet backup ${name} --backup-file FILE          of both keys`,
      `  ward wallet secure ${name} --backup-file FILE          disables the master key and forgets it`,
    ].join('\n'),
  );
}
