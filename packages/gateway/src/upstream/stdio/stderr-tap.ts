import type { Readable } from 'node:stream';
import { type Clock, redactText, sanitise } from '@wardmesh/core';
import { MAX_STDERR_LINE, MAX_STDERR_LINES_PER_SECOND, STDERR_RING } from '../limits.ts';
import { WindowMeter } from '../meter.ts';

/** Reads a child's stderr for ever, so that it never blocks, and keeps a bounded, redacted tail of it. */
export class StderrTap {
  readonly #ring: string[] = [];
  readonly #meter: WindowMeter;
  readonly #report: (line: string) => void;
  #rest = '';
  #skipping = false;

  constructor(stream: Readable | null, clock: Clock, report: (line: string) => void) {
    this.#meter = new WindowMeter(clock, 1_000);
    this.#report = report;
    stream?.on('data', (chunk: Buffer) => this.#push(chunk.toString('utf8')));
    stream?.on('error', () => {});
  }

  /** The last lines, oldest first. */
  get tail(): readonly string[] {
    return this.#ring;
  }

  #push(text: string): void {
    const lines = text.split('\n');
    for (let i = 0; i < lines.length; i++) {
      const isLast = i === lines.length - 1;
      const line = this.#rest + lines[i]!;
      if (isLast) {
        // A line without end: keep its begin only.
        if (line.length > MAX_STDERR_LINE && !this.#skipping) {
          this.#line(line);
          this.#skipping = true;
        }
        this.#rest = this.#skipping ? '' : line;
      } else {
        if (!this.#skipping) this.#line(line);
        this.#skipping = false;
        this.#rest = '';
      }
    }
  }

  #line(raw: string): void {
    const count = this.#meter.add();
    if (count > MAX_STDERR_LINES_PER_SECOND || raw.trim() === '') return;
    const line = redactText(sanitise(raw.slice(0, MAX_STDERR_LINE), MAX_STDERR_LINE));
    this.#ring.push(line);
    if (this.#ring.length > STDERR_RING) this.#ring.shift();
    this.#report(line);
  }
}
