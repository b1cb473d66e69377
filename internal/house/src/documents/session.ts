import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { CommandBlock, RunMarker } from './markdown.ts';

/** How a block went: undefined where it did what its marker says. */
export type Fault = string | undefined;

const READY_WITHIN = 300_000;
const BLOCK_WITHIN = 120_000;
const STOP_WITHIN = 20_000;

/** A reader at a terminal: runs blocks one after the other in one folder, with what earlier ones gave. */
export class DocumentSession implements AsyncDisposable {
  readonly #folder: string;
  readonly #variables: Record<string, string>;
  readonly #background: ChildProcess[] = [];

  constructor(folder: string, variables: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#variables = { ...variables };
  }

  /** Runs a block that is marked to be run. */
  async run(block: CommandBlock, marker: RunMarker): Promise<Fault> {
    const child = spawn('sh', ['-eu', '-c', block.commands], {
      cwd: this.#folder,
      env: { ...process.env, ...this.#variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const ready = Promise.withResolvers<true>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (marker.ready !== undefined && output.includes(marker.ready)) ready.resolve(true);
      });
    }
    const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    if (marker.background) {
      this.#background.push(child);
      const code = await Promise.race([ready.promise, ended, after(READY_WITHIN)]);
      return code === true ? undefined : `${code === undefined ? 'is not ready' : `ended with ${code}`}\n${output}`;
    }
    const code = await Promise.race([ended, after(BLOCK_WITHIN)]);
    if (code === undefined) killGroup(child, 'SIGKILL');
    if (code !== marker.exit) return `ended with ${code ?? 'nothing in time'}, not ${marker.exit}\n${output}`;
    if (marker.expect !== undefined && !output.includes(marker.expect))
      return `did not print ${marker.expect}\n${output}`;
    if (marker.capture !== undefined) {
      const value = marker.capture.from.exec(output)?.[1];
      if (value === undefined) return `printed nothing like ${marker.capture.from}\n${output}`;
      this.#variables[marker.capture.variable] = value;
    }
    return undefined;
  }

  /** Ends what runs in the background, as Ctrl-C does. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#background) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.on('close', resolve));
      killGroup(child, 'SIGINT');
      await Promise.race([ended, after(STOP_WITHIN)]);
      if (child.exitCode === null && child.signalCode === null) killGroup(child, 'SIGKILL');
    }
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended in between.
  }
}

function after(milliseconds: number): Promise<undefined> {
  return setTimeout(milliseconds, undefined, { ref: false });
}
