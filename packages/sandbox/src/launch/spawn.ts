import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { findLeakedDescriptors } from './leaked-descriptors.ts';
import { LAUNCH_FD } from './script.ts';

/** A launch in progress: the script waits inside until `go`. */
export interface Launch {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves at the ready byte; false where the launch ended without one. */
  readonly ready: Promise<boolean>;
  /** What bwrap says of itself, a JSON document a line. */
  readonly status: () => string;
  /** Lets the script become the command. */
  go(): void;
}

/**
 * Spawns in a new session and process group, with an empty environment, our launch descriptors and no other.
 * `filter` and `args` are written to descriptors 3 and 4 and closed; bwrap reads each to its end.
 */
export function spawnLaunch(
  file: string,
  argv: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly filter?: Uint8Array;
    readonly args?: readonly string[];
  },
): Launch {
  const devNull = openSync('/dev/null', 'r');
  let child: ChildProcess;
  try {
    const stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'pipe'];
    stdio[LAUNCH_FD.seccomp] = options.filter === undefined ? devNull : 'pipe';
    stdio[LAUNCH_FD.args] = options.args === undefined ? devNull : 'pipe';
    stdio[LAUNCH_FD.ready] = 'pipe';
    stdio[LAUNCH_FD.go] = 'pipe';
    stdio[LAUNCH_FD.status] = 'pipe';
    for (const fd of findLeakedDescriptors(LAUNCH_FD.status)) {
      while (stdio.length < fd) stdio.push('ignore');
      stdio[fd] = devNull;
    }
    child = spawn(file, argv, {
      env: { ...options.env },
      stdio,
      detached: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
  } finally {
    closeSync(devNull);
  }
  const pipe = (fd: number): (Readable & Writable) | undefined => {
    const stream = child.stdio[fd] as (Readable & Writable) | null | undefined;
    // A launch that dies early closes its ends; `exit` and `ready` tell.
    stream?.on('error', () => {});
    return stream ?? undefined;
  };
  pipe(LAUNCH_FD.seccomp)?.end(options.filter);
  pipe(LAUNCH_FD.args)?.end(options.args?.map((arg) => `${arg}\0`).join(''));
  let status = '';
  pipe(LAUNCH_FD.status)?.on('data', (chunk: Buffer) => {
    if (status.length < 8_192) status += chunk.toString('latin1');
  });
  const readyPipe = pipe(LAUNCH_FD.ready);
  const goPipe = pipe(LAUNCH_FD.go);
  const ready = new Promise<boolean>((resolve) => {
    readyPipe?.once('data', () => resolve(true));
    readyPipe?.once('close', () => resolve(false));
    child.once('error', () => resolve(false));
  });
  child.stdin?.on('error', () => {});
  return {
    child,
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr!,
    ready,
    status: () => status,
    go() {
      goPipe?.end('\n');
      readyPipe?.destroy();
    },
  };
}
