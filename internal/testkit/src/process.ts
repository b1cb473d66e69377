import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CodedError } from '@wardmesh/core';
import type { TestkitErrorCode } from './error.ts';
import { KEPT_OUTPUT, READY_MS, STOP_MS } from './limits.ts';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the process on this CPU only (`taskset`), where that exists. */
  readonly cpu?: number;
  /** Milliseconds until readiness is given up. */
  readonly readyMs?: number;
}

/** A process that has said what it had to say before it can be used. */
export interface RunningProcess<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** What it printed last, both streams, for error messages. */
  output(): string;
  /** Asks with SIGTERM, kills after the time limit; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL, no warning; resolves when it has ended. */
  kill9(): Promise<void>;
  /** Resolves with the exit code or signal name. */
  readonly ended: Promise<number | string>;
}

/**
 * Starts a process and waits for the line of its standard output that `isReady` accepts.
 * @param isReady turns a line into what the caller needs, or undefined to go on waiting
 * @throws CodedError TESTKIT_NOT_READY with what it printed
 */
export async function startProcess<Ready>(
  options: ProcessOptions,
  isReady: (line: string) => Ready | undefined,
): Promise<RunningProcess<Ready>> {
  const [command, ...args] = pinned(options);
  const child = spawn(command as string, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let kept = '';
  const keep = (text: string): void => {
    kept = (kept + text).slice(-KEPT_OUTPUT);
  };
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const notReady = (why: string): CodedError =>
    new CodedError<TestkitErrorCode>(
      'TESTKIT_NOT_READY',
      `${options.command} ${options.args[0] ?? ''}: ${why}\n${kept}`,
    );

  const ready = await new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(notReady('not ready in time'));
    }, options.readyMs ?? READY_MS);
    const settle = (run: () => void): void => {
      clearTimeout(timer);
      run();
    };
    child.once('error', (error) => settle(() => reject(notReady(error.message))));
    child.once('exit', (code) => settle(() => reject(notReady(`ended with ${code} before it was ready`))));
    createInterface(child.stdout).on('line', (line) => {
      keep(`${line}\n`);
      const found = isReady(line);
      if (found !== undefined) settle(() => resolve(found));
    });
  });
  return { ready, pid: child.pid ?? 0, output: () => kept, stop: () => stop(child), kill9: () => kill9(child), ended };
}

/** The `url` of a line `{"event":"ready","url":…}`, as our servers print it. */
export function readyUrl(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { event, url } = JSON.parse(line) as { event?: unknown; url?: unknown };
    return event === 'ready' && typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
}

function pinned({ command, args, cpu }: ProcessOptions): string[] {
  if (cpu === undefined || process.platform !== 'linux') return [command, ...args];
  return ['taskset', '-c', String(cpu), command, ...args];
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

async function kill9(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
