import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { leakedDescriptors } from './leaked-descriptors.ts';
import { LAUNCH_FD } from './script.ts';

/** A launch in progress. */
export interface Launch {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the command is about to be executed; false where the launch ended before that. */
  readonly ready: Promise<boolean>;
  /** The first document bwrap writes of itself; undefined where it ended without one. */
  readonly status: Promise<string | undefined>;
  /** Hands the output over. Until then it is kept: Node drains unread output of a child that exits. */
  release(): void;
}

/**
 * Spawns in a new session and process group, with our launch descriptors and no other. `filter` and `args` are written to
 * descriptors 3 and 4 and closed; bwrap reads each to its end.
 */
export function spawnLaunch(
  file: string,
  argv: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly filter?: Uint8Array;
    readonly args?: readonly string[];
    /** Files that say which process belongs to a control group, one a hierarchy. */
    readonly cgroups: readonly string[];
  },
): Launch {
  const opened: number[] = [];
  const open = (path: string, flags: string): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  let child: ChildProcess;
  try {
    const devNull = open('/dev/null', 'r');
    const stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'pipe', ...Array<number>(7).fill(devNull)];
    if (options.filter !== undefined) stdio[LAUNCH_FD.seccomp] = 'pipe';
    if (options.args !== undefined) stdio[LAUNCH_FD.args] = 'pipe';
    stdio[LAUNCH_FD.ready] = 'pipe';
    stdio[LAUNCH_FD.status] = 'pipe';
    for (const [i, path] of options.cgroups.entries()) stdio[LAUNCH_FD.cgroups[i]!] = open(path, 'w');
    // Ours fill every place below ten.
    for (const fd of leakedDescriptors().filter((leaked) => leaked > 9)) {
      while (stdio.length <= fd) stdio.push('ignore');
      stdio[fd] = devNull;
    }
    child = spawn(file, argv, {
      env: { ...options.env },
      stdio,
      detached: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
  const pipe = (fd: number): (Readable & Writable) | undefined => {
    const stream = child.stdio[fd] as (Readable & Writable) | null | undefined;
    // A launch that dies early closes its ends; `exit` and `ready` tell.
    stream?.on('error', () => {});
    return stream ?? undefined;
  };
  pipe(LAUNCH_FD.seccomp)?.end(options.filter);
  pipe(LAUNCH_FD.args)?.end(options.args?.map((arg) => `${arg}\0`).join(''));
  child.stdin?.on('error', () => {});
  const keep = (): void => {};
  child.stdout?.on('readable', keep);
  child.stderr?.on('readable', keep);
  return {
    child,
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr!,
    ready: firstChunk(pipe(LAUNCH_FD.ready), child).then((text) => text === 'r'),
    status: firstChunk(pipe(LAUNCH_FD.status), child),
    release() {
      child.stdout?.off('readable', keep);
      child.stderr?.off('readable', keep);
    },
  };
}

function firstChunk(stream: Readable | undefined, child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    stream?.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1'));
      // What follows is not read, and must not fill the pipe.
      stream.resume();
    });
    stream?.once('close', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
}
