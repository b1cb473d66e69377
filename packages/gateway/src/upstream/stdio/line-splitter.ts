const LINE_FEED = 0x0a;

export interface LineSink {
  /** One line without its line feed; never empty. */
  line(bytes: Buffer): void;
  /** A line passed the bound; `head` is its begin. Nothing follows: the splitter holds nothing more. */
  tooLong(head: Buffer): void;
}

/** Cuts a byte stream at line feeds and never holds more than one line of `maxBytes` (and the chunk that passes it). */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #sink: LineSink;
  #parts: Buffer[] = [];
  #held = 0;
  #ended = false;

  constructor(maxBytes: number, sink: LineSink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let from = 0;
    while (!this.#ended) {
      const feed = chunk.indexOf(LINE_FEED, from);
      const end = feed === -1 ? chunk.length : feed;
      if (this.#held + end - from > this.#maxBytes) {
        const head = this.#parts[0] ?? chunk.subarray(from, end);
        this.stop();
        this.#sink.tooLong(head);
        return;
      }
      if (feed === -1) {
        if (end > from) this.#hold(chunk.subarray(from));
        return;
      }
      const line = this.#take(chunk.subarray(from, feed));
      from = feed + 1;
      if (line.length > 0) this.#sink.line(line);
    }
  }

  /** Drops what is held and ignores what comes. */
  stop(): void {
    this.#ended = true;
    this.#parts = [];
    this.#held = 0;
  }

  #hold(part: Buffer): void {
    this.#parts.push(part);
    this.#held += part.length;
  }

  #take(last: Buffer): Buffer {
    if (this.#parts.length === 0) return last;
    const line = Buffer.concat([...this.#parts, last], this.#held + last.length);
    this.#parts = [];
    this.#held = 0;
    return line;
  }
}
