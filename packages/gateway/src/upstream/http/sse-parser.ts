const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface SseEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: Buffer;
  /** The last id seen, this event's or an earlier one's; empty where none was. */
  readonly lastEventId: string;
}

export interface SseSink {
  event(event: SseEvent): void;
  /** The server asks to wait this long before it is connected to again. */
  retry(milliseconds: number): void;
  /** A line or an event passed the bound; nothing follows. */
  tooLarge(): void;
}

/**
 * Server-sent events from bytes (WHATWG HTML §9.2.6), chunk borders anywhere: CR, LF and CRLF line ends, one leading BOM,
 * comments, multi-line data. Data stays bytes, for the strict JSON parser to judge.
 */
export class SseParser {
  readonly #maxBytes: number;
  readonly #sink: SseSink;
  #rest: Buffer = Buffer.alloc(0);
  #data: Buffer[] = [];
  #dataBytes = 0;
  #event = '';
  #lastEventId = '';
  #isFirstLine = true;
  #skipsLineFeed = false;
  #ended = false;

  constructor(maxBytes: number, sink: SseSink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#skipsLineFeed && bytes.length > 0) {
      // The second half of a CRLF that was cut in two.
      this.#skipsLineFeed = false;
      if (bytes[0] === LF) bytes = bytes.subarray(1);
    }
    // Only the new bytes are searched: a line that comes byte by byte costs no more than its length.
    let searchFrom = this.#rest.length;
    if (searchFrom > 0) bytes = Buffer.concat([this.#rest, bytes]);
    let start = 0;
    while (!this.#ended) {
      const end = endOfLine(bytes, searchFrom);
      if (end === -1) break;
      this.#line(bytes.subarray(start, end));
      start = end + 1;
      if (bytes[end] === CR) {
        if (start === bytes.length) this.#skipsLineFeed = true;
        else if (bytes[start] === LF) start++;
      }
      searchFrom = start;
    }
    if (this.#ended) return;
    this.#rest = bytes.subarray(start);
    if (this.#rest.length + this.#dataBytes > this.#maxBytes) this.#stop();
  }

  #line(raw: Buffer): void {
    const line = this.#isFirstLine && raw.subarray(0, 3).equals(BOM) ? raw.subarray(3) : raw;
    this.#isFirstLine = false;
    if (line.length === 0) {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(COLON);
    if (colon === 0) return; // a comment
    const name = (colon === -1 ? line : line.subarray(0, colon)).toString('latin1');
    const value =
      colon === -1 ? line.subarray(line.length) : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
    this.#field(name, value);
  }

  #field(name: string, value: Buffer): void {
    switch (name) {
      case 'data':
        this.#dataBytes += value.length + 1;
        if (this.#dataBytes > this.#maxBytes) this.#stop();
        else this.#data.push(value);
        return;
      case 'event':
        this.#event = value.toString('utf8', 0, 256);
        return;
      case 'id':
        if (!value.includes(0)) this.#lastEventId = value.toString('utf8');
        return;
      case 'retry': {
        const text = value.toString('latin1');
        if (/^\d{1,9}$/.test(text)) this.#sink.retry(Number(text));
        return;
      }
    }
  }

  #dispatch(): void {
    const { length } = this.#data;
    const event = this.#event || 'message';
    this.#event = '';
    if (length === 0) return;
    const data = length === 1 ? this.#data[0]! : joinLines(this.#data);
    this.#data = [];
    this.#dataBytes = 0;
    this.#sink.event({ event, data, lastEventId: this.#lastEventId });
  }

  #stop(): void {
    this.#ended = true;
    this.#rest = Buffer.alloc(0);
    this.#data = [];
    this.#sink.tooLarge();
  }
}

function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(LF, from);
  const carriage = bytes.indexOf(CR, from);
  if (feed === -1) return carriage;
  return carriage === -1 ? feed : Math.min(feed, carriage);
}

function joinLines(lines: readonly Buffer[]): Buffer {
  const feed = Buffer.of(LF);
  return Buffer.concat(lines.flatMap((line, i) => (i === 0 ? [line] : [feed, line])));
}
