import { createInterface } from 'node:readline';
import { CodedError } from '@wardmesh/core';
import { type SandboxDeps, type SandboxedProcess, type SandboxProfile, startSandboxed } from '@wardmesh/sandbox';
import { signerError } from '../error.ts';
import { MAX_OUTPUT_LINE, READY_DEADLINE, STOP_GRACE } from '../limits.ts';
import { withoutDumps } from './without-dumps.ts';

/** A line of the process, or of its supervisor. No secret is in it. */
export type SignerLine = Readonly<Record<string, unknown>> & { readonly level: string };
export type SignerLogSink = (line: SignerLine) => void;

/** One process of the signer, ready. */
export interface Launched {
  readonly pid: number;
  readonly exited: SandboxedProcess['exited'];
  /** Asks it to end, and ends it. */
  stop(): Promise<void>;
}

/**
 * Starts the process and waits until it says that it listens.
 * @throws the process's own coded error where it refused to start, SIGNER_START_FAILED, SANDBOX_*
 */
export async function launchSigner(
  profile: SandboxProfile,
  backend: 'bubblewrap' | 'none',
  deps: SandboxDeps,
  log: SignerLogSink,
): Promise<Launched> {
  const child = await withoutDumps(() => startSandboxed(profile, backend, deps));
  let fatal: SignerLine | undefined;
  createInterface({ input: child.stderr }).on('line', (text) => {
    const line = parseLine(text);
    if (line.level === 'fatal') fatal = line;
    log(line);
  });
  const ready = Promise.withResolvers<boolean>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (parseLine(text).ready === true) ready.resolve(true);
  });
  void child.exited.then(() => ready.resolve(false));
  const timer = setTimeout(() => ready.resolve(false), READY_DEADLINE);
  const isReady = await ready.promise;
  clearTimeout(timer);
  if (!isReady) {
    await child.kill();
    throw refusalOf(fatal);
  }
  return {
    pid: child.pid,
    exited: child.exited,
    async stop() {
      child.stdin.end();
      let timer: NodeJS.Timeout | undefined;
      const waited = new Promise((resolve) => {
        timer = setTimeout(resolve, STOP_GRACE + 1_000);
      });
      await Promise.race([child.exited, waited]);
      clearTimeout(timer);
      await child.kill();
    },
  };
}

function parseLine(text: string): SignerLine & { readonly ready?: unknown } {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null && !Array.isArray(line)) return { level: 'info', ...line };
  } catch {
    // Said below.
  }
  // Node's own words for a RLIMIT_MEMLOCK below the heap's size; status says it too.
  if (text.startsWith('Unable to memory map openssl secure heap')) {
    return {
      level: 'warn',
      message: 'the signer’s secure heap is not locked in memory (RLIMIT_MEMLOCK): swap may hold it',
    };
  }
  return { level: 'info', message: text.slice(0, MAX_OUTPUT_LINE) };
}

function refusalOf(fatal: SignerLine | undefined): CodedError {
  const { code, message, hint }: Readonly<Record<string, unknown>> = fatal ?? {};
  const hints = typeof hint === 'string' ? { hint } : {};
  if (typeof code === 'string' && typeof message === 'string') return new CodedError(code, message, hints);
  return signerError('SIGNER_START_FAILED', 'the signer did not start', {
    hint: 'The operator’s log says where it stopped.',
    details: { fault: fatal?.fault },
  });
}
