import type { Readable } from 'node:stream';
import type { Clock, Random } from '@wardmesh/core';

/** A stream text goes to. `isTTY` decides on colour and progress. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What every command is given: nothing in it is global, so a test can be a terminal, a clock and a home. */
export interface Context {
  /** Absolute path of the home; it need not exist. */
  readonly home: string;
  /** Whether output is for machines: one JSON value on stdout, errors as JSON on stderr. */
  readonly json: boolean;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder relative paths of arguments start at. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute path of the `ward` command, for snippets and hints. */
  readonly ward: string;
}
