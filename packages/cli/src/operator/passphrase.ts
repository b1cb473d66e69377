import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { MAX_PASSPHRASE } from '../limits.ts';

export interface PassphraseOptions {
  readonly passphraseFd?: string;
  readonly passphraseFile?: string;
}

/** A passphrase from where the options say, else typed without echo. @throws CodedError PASSPHRASE_NEEDED, USAGE */
export async function passphrase(context: Context, options: PassphraseOptions, prompt: string): Promise<string> {
  const given = givenPassphrase(context, options);
  if (given !== undefined) return given;
  if (context.stdin.isTTY !== true) {
    throw cliError(
      'PASSPHRASE_NEEDED',
      'the operator key is sealed and there is no terminal to ask for its passphrase',
      {
        hint: 'Pass --passphrase-fd N or --passphrase-file FILE.',
      },
    );
  }
  return typed(context, prompt);
}

/** The passphrase that the options point to; undefined where they point to none. */
export function givenPassphrase(context: Context, options: PassphraseOptions): string | undefined {
  const { passphraseFd, passphraseFile } = options;
  if (passphraseFd !== undefined && passphraseFile !== undefined) {
    throw usage('--passphrase-fd and --passphrase-file exclude each other');
  }
  if (passphraseFd !== undefined) {
    if (!/^\d{1,4}$/.test(passphraseFd)) throw usage('--passphrase-fd takes the number of an open file descriptor');
    return firstLine(readOrFail(Number(passphraseFd), 'the passphrase descriptor'));
  }
  if (passphraseFile !== undefined) {
    return firstLine(readOrFail(resolve(context.cwd, passphraseFile), 'the passphrase file'));
  }
  return undefined;
}

function readOrFail(source: string | number, name: string): string {
  try {
    return readFileSync(source, 'utf8');
  } catch (cause) {
    throw cliError('FILE_UNREADABLE', `${name} cannot be read`, { cause });
  }
}

function firstLine(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '' || line.length > MAX_PASSPHRASE)
    throw usage(`a passphrase has 1 to ${MAX_PASSPHRASE} characters, on one line`);
  // One spelling for what keyboards of different systems produce (RFC 8265 §4.2 OpaqueString).
  return line.normalize('NFC');
}

/** Reads keys in raw mode, so that nothing is echoed. */
export async function typed(context: Context, prompt: string): Promise<string> {
  const { stdin, stderr } = context;
  const terminal = stdin as typeof stdin & { setRawMode?: (raw: boolean) => void };
  // Raw first: what is typed as soon as the prompt shows must not be echoed.
  terminal.setRawMode?.(true);
  stderr.write(prompt);
  try {
    return (await readKeys(stdin)).normalize('NFC');
  } finally {
    terminal.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const INTERRUPT = '\u0003';
const BACKSPACE = new Set(['\u007f', '\b']);

function readKeys(stdin: Context['stdin']): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (finish: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      finish();
    };
    const onEnd = (): void => end(() => resolve(text));
    const onData = (chunk: Buffer | string): void => {
      for (const key of String(chunk)) {
        if (ENTER.has(key)) {
          end(() => resolve(text));
          return;
        }
        if (key === INTERRUPT) {
          end(() => reject(cliError('INTERRUPTED', 'interrupted')));
          return;
        }
        if (BACKSPACE.has(key)) text = Array.from(text).slice(0, -1).join('');
        else if (key >= ' ' && text.length < MAX_PASSPHRASE) text += key;
      }
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
  });
}
