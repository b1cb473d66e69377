import type { Readable, Writable } from 'node:stream';
import { DRAIN_MS } from '../limits.ts';

export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why, in a word or two, where the sandbox knows: a text with `memory` in it becomes UPSTREAM_MEMORY. */
  readonly reason: string;
}

/** A started server process: what the sandbox returns, taken by shape so that this room needs no sandbox. */
export interface ChildLike {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable | null;
  readonly exited: Promise<ChildExit>;
  /** Ends the child's whole process group; resolves when it is gone. Harmless when it is gone already. */
  kill(): Promise<void>;
  /** Marks one operation's begin for the memory account; the answer marks its end. */
  beginOperation(): () => void;
}

/** Resolves when an exited child's output has been read, or is not worth waiting for: what it wrote still counts. */
export function drained(stdout: Readable): Promise<void> {
  if (stdout.readableEnded || stdout.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    stdout.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
