import type { Context } from '../context.ts';
import { visible } from './visible.ts';

/** One line on a terminal that is written over; nothing elsewhere. */
export class Progress {
  readonly #context: Context;
  #shown = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  update(text: string): void {
    const { stderr, json } = this.#context;
    if (json || !stderr.isTTY) return;
    const line = visible(text).slice(0, Math.max(20, (stderr.columns ?? 80) - 1));
    stderr.write(`\r${line.padEnd(this.#shown)}`);
    this.#shown = line.length;
  }

  /** Takes the line away again. */
  clear(): void {
    if (this.#shown === 0) return;
    this.#context.stderr.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }
}
