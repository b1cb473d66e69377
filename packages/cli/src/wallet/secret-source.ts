import { fstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { MAX_SECRET_BYTES } from '../limits.ts';
import { isStoreError, readFileSecure } from '../operator/private-file.ts';
import { firstLine, normalised } from './secret-line.ts';
import { askSecret } from './secret-prompt.ts';

/** Where a secret comes from. Neither arguments nor the environment hold one: both are read by other programs. */
export interface SecretSource {
  /** What it is, for prompts and errors: `password`. */
  readonly what: string;
  /** Option names without dashes: `password` stands for `--password-file` and `--password-fd`. */
  readonly option: string;
  readonly file: string | undefined;
  readonly fd: string | undefined;
  readonly keychain?: string | undefined;
}

/**
 * The secret as bytes; the caller wipes it. A file or descriptor gives its first line.
 * @param twice whether it is asked for again where it is typed, because nobody could read it back
 * @throws CodedError SECRET_NEEDED, SECRET_MISMATCH, KEYCHAIN_UNSUPPORTED, FILE_UNREADABLE, USAGE
 */
export async function readSecret(
  context: Context,
  source: SecretSource,
  prompt: string,
  twice = false,
): Promise<SecureBuffer> {
  const given = await givenSecret(context, source);
  if (given !== undefined) return given;
  if (context.stdin.isTTY !== true) {
    throw cliError('SECRET_NEEDED', `the ${source.what} is needed and there is no terminal to ask for it`, {
      hint: `Pass --${source.option}-file FILE (mode 0600) or --${source.option}-fd N.`,
    });
  }
  const typed = checked(normalised(await askSecret(context, prompt)), source);
  if (!twice) return typed;
  using again = normalised(await askSecret(context, 'Once more: '));
  if (Buffer.compare(typed.getBuffer(), again.getBuffer()) === 0) return typed;
  typed.zero();
  throw cliError('SECRET_MISMATCH', `the two do not match`, { hint: 'Nothing was changed. Start again.' });
}

async function givenSecret(context: Context, source: SecretSource): Promise<SecureBuffer | undefined> {
  const { option, file, fd, keychain } = source;
  const ways = [file, fd, keychain].filter((way) => way !== undefined);
  if (ways.length > 1) throw usage(`name one source of the ${source.what}, not ${ways.length}`);
  if (keychain !== undefined) {
    throw cliError('KEYCHAIN_UNSUPPORTED', 'reading the system keychain is not built into this version', {
      hint: `Have your keychain write to a descriptor: --${option}-fd 3 3< <(secret-tool lookup service ward).`,
    });
  }
  if (file !== undefined) return checked(normalised(firstLine(await readPrivate(context, source, file))), source);
  if (fd !== undefined) return checked(normalised(firstLine(readDescriptor(source, fd))), source);
  return undefined;
}

async function readPrivate(context: Context, source: SecretSource, file: string): Promise<Uint8Array> {
  try {
    return await readFileSecure(resolve(context.cwd, file), 4 * MAX_SECRET_BYTES);
  } catch (cause) {
    if (!isStoreError(cause)) throw cause;
    throw cliError('FILE_UNREADABLE', `the file of the ${source.what} cannot be used: ${cause.message}`, {
      hint: cause.hint ?? `It must be yours alone: chmod 600 ${file}.`,
      cause,
    });
  }
}

function readDescriptor(source: SecretSource, fd: string): Uint8Array {
  if (!/^\d{1,4}$/.test(fd)) throw usage(`--${source.option}-fd takes the number of an open file descriptor`);
  try {
    fstatSync(Number(fd));
    return readFileSync(Number(fd));
  } catch (cause) {
    throw cliError('FILE_UNREADABLE', `descriptor ${fd} of the ${source.what} cannot be read`, { cause });
  }
}

function checked(secret: SecureBuffer, source: SecretSource): SecureBuffer {
  if (secret.length > 0 && secret.length <= MAX_SECRET_BYTES) return secret;
  secret.zero();
  throw usage(`the ${source.what} has 1 to ${MAX_SECRET_BYTES} bytes, on one line`);
}
