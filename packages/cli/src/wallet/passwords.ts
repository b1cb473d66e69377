import type { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { readSecret } from './secret-source.ts';

export interface PasswordOptions {
  readonly passwordFile?: string;
  readonly passwordFd?: string;
  readonly passwordKeychain?: string;
}

export interface BackupPasswordOptions {
  readonly backupPasswordFile?: string;
  readonly backupPasswordFd?: string;
}

export interface PinOptions {
  readonly pinFile?: string;
  readonly pinFd?: string;
}

export interface NewPasswordOptions {
  readonly newPasswordFile?: string;
  readonly newPasswordFd?: string;
}

const RULES = '12 to 128 bytes, with lower case, upper case and a digit';

/** The password of a wallet that there is. */
export function password(context: Context, options: PasswordOptions, name: string): Promise<SecureBuffer> {
  return readSecret(context, sourceOf(options), `Password of ${name}: `);
}

/** The password of a wallet that is being made: typed twice. */
export function firstPassword(context: Context, options: PasswordOptions, name: string): Promise<SecureBuffer> {
  return readSecret(context, sourceOf(options), `Password for ${name} (${RULES}): `, true);
}

function sourceOf(options: PasswordOptions) {
  return {
    what: 'password',
    option: 'password',
    file: options.passwordFile,
    fd: options.passwordFd,
    keychain: options.passwordKeychain,
  };
}

/** The PIN of the token that has a wallet's key. */
export function pin(context: Context, options: PinOptions, name: string): Promise<SecureBuffer> {
  const source = { what: 'PIN', option: 'pin', file: options.pinFile, fd: options.pinFd };
  return readSecret(context, source, `PIN of the token of ${name}: `);
}

/** The password that replaces another: typed twice. */
export function newPassword(context: Context, options: NewPasswordOptions, name: string): Promise<SecureBuffer> {
  const source = {
    what: 'new password',
    option: 'new-password',
    file: options.newPasswordFile,
    fd: options.newPasswordFd,
  };
  return readSecret(context, source, `New password for ${name} (${RULES}): `, true);
}

/** The password of a backup. `made`: of one that is being made, so it is typed twice. */
export function backupPassword(context: Context, options: BackupPasswordOptions, made: boolean): Promise<SecureBuffer> {
  const source = {
    what: 'backup password',
    option: 'backup-password',
    file: options.backupPasswordFile,
    fd: options.backupPasswordFd,
  };
  const prompt = made ? `Password for the backup, another one (${RULES}): ` : 'Password of the backup: ';
  return readSecret(context, source, prompt, made);
}

/** A backup under the wallet's own password falls with it. @throws CodedError USAGE */
export function assertApart(ofWallet: SecureBuffer, ofBackup: SecureBuffer): void {
  if (Buffer.compare(ofWallet.getBuffer(), ofBackup.getBuffer()) !== 0) return;
  throw usage('the backup needs a password of its own', 'One that is stolen must not open both.');
}

/** A descriptor gives one secret: it is read to its end. @throws CodedError USAGE */
export function assertDescriptors(
  options: PasswordOptions & BackupPasswordOptions & NewPasswordOptions & PinOptions & { readonly secretFd?: string },
): void {
  const used = [
    options.passwordFd,
    options.backupPasswordFd,
    options.newPasswordFd,
    options.pinFd,
    options.secretFd,
  ].filter((fd) => fd !== undefined);
  if (new Set(used).size === used.length) return;
  throw usage('each secret needs a descriptor of its own', 'For example: --password-fd 3 --backup-password-fd 4');
}
