import { MAX_REPLAY_BYTES, MAX_REPLAY_EVENTS, MAX_REPLAY_STREAMS, MAX_REPLAY_TOTAL } from './limits.ts';

interface Stream {
  events: { id: number; text: string }[];
  bytes: number;
  next: number;
  /** Where new events go while a client listens. */
  sink: ((text: string) => void) | undefined;
  ended: boolean;
}

/**
 * The events of a session's streams, kept so that a client that lost its connection resumes with Last-Event-ID
 * (2025-11-25 §Streamable HTTP, Resumability). Bounded: the oldest event, then the oldest stream that
 * nobody listens to, makes room. What a client listens to is never forgotten, or it would wait for ever.
 */
export class EventLog {
  readonly #streams = new Map<string, Stream>();
  #kept = 0;

  /** Bytes kept now. */
  get kept(): number {
    return this.#kept;
  }

  /** Opens a stream; `sink` receives each event's wire text. */
  open(stream: string, sink: (text: string) => void): void {
    const known = this.#streams.get(stream);
    if (known) {
      known.sink = sink;
      return;
    }
    if (this.#streams.size >= MAX_REPLAY_STREAMS) this.#forgetOldest();
    this.#streams.set(stream, { events: [], bytes: 0, next: 1, sink, ended: false });
  }

  /** The client's connection is gone; events wait for a resumption. */
  detach(stream: string, sink?: (text: string) => void): void {
    const known = this.#streams.get(stream);
    // A client that came back already has put its own sink in place.
    if (known && (sink === undefined || known.sink === sink)) known.sink = undefined;
  }

  write(stream: string, data: string, last = false): void {
    const known = this.#streams.get(stream);
    if (!known) return;
    const id = known.next++;
    const text = `id: ${stream}:${id}\ndata: ${data}\n\n`;
    if (text.length <= MAX_REPLAY_TOTAL) this.#keep(known, { id, text });
    known.ended = last;
    known.sink?.(text);
    // A finished stream that was delivered whole has no use any more.
    if (last && known.sink) this.forget(stream);
  }

  /** What came after `lastEventId`, and the stream to follow; undefined where it is not known (any more). */
  resume(lastEventId: string): { stream: string; missed: string[]; ended: boolean } | undefined {
    const match = /^(.+):(\d+)$/.exec(lastEventId);
    const known = match ? this.#streams.get(match[1]!) : undefined;
    if (!match || !known) return undefined;
    const after = Number(match[2]);
    return {
      stream: match[1]!,
      missed: known.events.filter((event) => event.id > after).map((event) => event.text),
      ended: known.ended,
    };
  }

  forget(stream: string): void {
    this.#kept -= this.#streams.get(stream)?.bytes ?? 0;
    this.#streams.delete(stream);
  }

  #keep(stream: Stream, event: { id: number; text: string }): void {
    stream.events.push(event);
    this.#grow(stream, event.text.length);
    while (stream.events.length > MAX_REPLAY_EVENTS || (stream.bytes > MAX_REPLAY_BYTES && stream.events.length > 1)) {
      this.#grow(stream, -stream.events.shift()!.text.length);
    }
    while (this.#kept > MAX_REPLAY_TOTAL && this.#forgetOldest(stream));
    // All others are listened to: their clients have what they were sent.
    for (const other of this.#streams.values()) {
      if (this.#kept <= MAX_REPLAY_TOTAL) return;
      if (other === stream) continue;
      other.events = [];
      this.#grow(other, -other.bytes);
    }
  }

  #grow(stream: Stream, bytes: number): void {
    stream.bytes += bytes;
    this.#kept += bytes;
  }

  /** @returns whether there was one that nobody listens to */
  #forgetOldest(except?: Stream): boolean {
    for (const [name, stream] of this.#streams) {
      if (stream.sink !== undefined || stream === except) continue;
      this.forget(name);
      return true;
    }
    return false;
  }
}
