import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isJsonObject } from '@wardmesh/core';
import { packageCommand } from '@wardmesh/gateway/config';
import { cliError } from '../error.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { readLines } from '../read-lines.ts';
import type { Running } from './keep-running.ts';
import { LEDGER_START_MS, LEDGER_STOP_MS, MAX_LINE } from './limits.ts';

export interface LocalLedgerOptions {
  /** Absolute path of the home; ledgers are kept below it. */
  readonly home: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly closeEveryMs: number;
}

/**
 * Starts the ledger of network `local` as a process of its own. It ends with this process, however this one ends.
 * Not under Node's permission model, which forbids fsync. @throws CodedError LEDGER_NOT_STARTED
 */
export async function startLocalLedger(options: LocalLedgerOptions): Promise<Running> {
  const folder = join(options.home, 'ledger');
  await makeDirectorySecure(folder);
  const { command, args } = packageCommand('@wardmesh/local-ledger', [import.meta.url]);
  const child = spawn(
    command,
    [
      ...['--disable-warning=ExperimentalWarning', ...args],
      ...['--port', String(options.port), '--close-every', String(options.closeEveryMs)],
      ...['--state', join(folder, 'state.json'), '--json'],
    ],
    // Detached: an interrupt typed at the terminal is for us, and we end it in its turn.
    { cwd: folder, env: {}, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const exited = ended(child);
  try {
    const address = await ready(child, exited);
    return { pid: child.pid!, address, exited, stop: () => stop(child, exited) };
  } catch (error) {
    await stop(child, exited);
    throw error;
  }
}

/** Why it ended: its own last words where it had any. */
function ended(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (data) => {
    said = `${said}${data}`.slice(-MAX_LINE);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      const words = lastWords(said);
      resolve(words ?? (signal === null ? `it ended with ${code}` : `it was ended by ${signal}`));
    });
  });
}

function lastWords(said: string): string | undefined {
  const line = said.trim().split('\n').at(-1);
  if (line === undefined || line === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(line);
    if (isJsonObject(parsed) && typeof parsed.message === 'string') return parsed.message;
  } catch {
    // As it is.
  }
  return line;
}

/** @returns its address */
async function ready(child: ChildProcess, exited: Promise<string>): Promise<string> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(notStarted('it did not serve in time')), LEDGER_START_MS);
  const gone = exited.then((reason) => {
    throw notStarted(reason);
  });
  // Whichever loses the race is heard nowhere else.
  gone.catch(() => {});
  try {
    const { value } = await Promise.race([readLines(child.stdout!, MAX_LINE).next(), gone, timeout.promise]);
    const said: unknown = JSON.parse(value ?? 'null');
    if (!isJsonObject(said) || typeof said.url !== 'string') return await gone;
    return said.url;
  } finally {
    clearTimeout(timer);
  }
}

function notStarted(reason: string): Error {
  return cliError('LEDGER_NOT_STARTED', `the local ledger did not start: ${reason}`, {
    hint: 'Is its port taken? wallet.local.port in ward.yaml names another; wallet.local: false leaves it out.',
  });
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), LEDGER_STOP_MS);
  await Promise.race([exited, once(child, 'close')]);
  clearTimeout(timer);
}
