import type { Writable } from 'node:stream';

/** Writes to a child, the lines of one turn of the event loop together: one system call for many under load. */
export class TurnWriter {
  readonly #stream: Writable;
  #isCorked = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    // EPIPE and such: the child's exit tells what happened.
    stream.on('error', () => {});
  }

  /** Bytes that the child has not taken yet. */
  get backlog(): number {
    return this.#stream.writableLength;
  }

  write(line: Buffer | string): void {
    if (!this.#stream.writable) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#stream.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#stream.uncork();
      });
    }
    this.#stream.write(line);
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
