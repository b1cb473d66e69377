import { MAX_REPLAY_BYTES, MAX_REPLAY_EVENTS, MAX_REPLAY_STREAMS } from './limits.ts';

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
 * (2025-11-25 §Streamable HTTP, Resumability). Bounded: the oldest event, then the oldest stream, makes room.
 */
export class EventLog {
  readonly #streams = new Map<string, Stream>();

  /** Opens a stream; `sink` receives each event's wire text. */
  open(stream: string, sink: (text: string) => void): void {
    const known = this.#streams.get(stream);
    if (known) {
      known.sink = sink;
      return;
    }
    if (this.#streams.size >= MAX_REPLAY_STREAMS) {
      const oldest = this.#streams.keys().next().value;
      if (oldest !== undefined) this.#streams.delete(oldest);
    }
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
    known.events.push({ id, text });
    known.bytes += text.length;
    while (known.events.length > MAX_REPLAY_EVENTS || (known.bytes > MAX_REPLAY_BYTES && known.events.length > 1)) {
      known.bytes -= known.events.shift()!.text.length;
    }
    known.ended = last;
    known.sink?.(text);
    // A finished stream that was delivered whole has no use any more.
    if (last && known.sink) this.#streams.delete(stream);
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
    this.#streams.delete(stream);
  }
}
