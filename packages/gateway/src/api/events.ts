import { utf8 } from '@wardmesh/core';
import type { ApiDeps, Caller } from './deps.ts';
import { apiError } from './error.ts';
import {
  EVENT_KEEPALIVE_MS,
  EVENT_POLL_MS,
  MAX_CATCH_UP,
  MAX_EVENTS_AT_ONCE,
  MAX_STREAM_STALL_MS,
  MAX_STREAMS,
  MAX_STREAMS_PER_PERSON,
  MAX_STREAMS_PER_SESSION,
} from './limits.ts';
import { LogTail } from './log-tail.ts';
import { API_HEADERS } from './security-headers.ts';

interface Open {
  readonly session: string;
  readonly person: string;
}

/** What one stream needs beside who asks. */
export interface EventRequest {
  readonly extent: 'any' | 'own';
  readonly lastEventId: string | undefined;
  /** Cuts the connection: a reader that takes nothing is told nothing. */
  readonly cut: () => void;
}

/**
 * Entries of the log as server-sent events from after `Last-Event-ID`, or from now. A stream ends when its session does
 * or loses its permission: that is asked again at each look, and of readers that stopped reading too.
 */
export class EventStreams {
  readonly #deps: ApiDeps;
  readonly #tail: LogTail;
  readonly #stallMs: number;
  readonly #open = new Set<Open>();

  constructor(deps: ApiDeps, stallMs = MAX_STREAM_STALL_MS) {
    this.#deps = deps;
    this.#stallMs = stallMs;
    this.#tail = new LogTail(deps.gateway.home.audit);
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws CodedError TOO_MANY_STREAMS */
  open(caller: Caller, request: EventRequest): Response {
    this.#assertFree(caller);
    const headers = new Headers(API_HEADERS as Record<string, string>);
    headers.set('content-type', 'text/event-stream');
    headers.set('transfer-encoding', 'chunked');
    return new Response(this.#bodyOf(caller, request), { status: 200, headers });
  }

  #assertFree({ id, session }: Caller): void {
    let [ofSession, ofPerson] = [0, 0];
    for (const open of this.#open) {
      if (open.session === session.id) ofSession += 1;
      if (open.person === id) ofPerson += 1;
    }
    const isFull =
      ofSession >= MAX_STREAMS_PER_SESSION || ofPerson >= MAX_STREAMS_PER_PERSON || this.#open.size >= MAX_STREAMS;
    if (isFull) throw apiError('TOO_MANY_STREAMS', 'Too many event streams are open.', 'Close other tabs.', 5);
  }

  #bodyOf(caller: Caller, { extent, lastEventId, cut }: EventRequest): ReadableStream<Uint8Array> {
    const { clock, log } = this.#deps.gateway.services;
    const place: Open = { session: caller.session.id, person: caller.id };
    this.#open.add(place);
    let after = startOf(lastEventId, this.#tail.size);
    let told = clock.monotonic();
    /** Since when the reader takes nothing; undefined while it waits for us. */
    let stalled: number | undefined = told;
    let isDone = false;
    // As far as it was opened: a reader who lost the wider right must open it anew.
    const isOpen = () =>
      !isDone && !caller.session.ended.aborted && this.#deps.people.rightsOf(caller.id)[extent].has('event:read');
    const end = () => {
      isDone = true;
      clearInterval(watch);
      this.#open.delete(place);
    };
    // Whoever does not read is not asked for more, so nothing below would notice that it is over.
    const watch = setInterval(() => {
      if (stalled === undefined || (isOpen() && clock.monotonic() - stalled < this.#stallMs)) return;
      end();
      cut();
    }, EVENT_POLL_MS);
    watch.unref();

    const next = async (): Promise<string | undefined> => {
      while (isOpen()) {
        if (this.#tail.size > after) {
          const fresh = (await this.#tail.after(after)).slice(0, MAX_EVENTS_AT_ONCE);
          after = fresh.at(-1)?.sequence ?? after;
          const shown = fresh.filter(({ actor }) => extent === 'any' || actor === caller.id);
          if (shown.length > 0) return shown.map(({ sequence, text }) => `data: ${text}\nid: ${sequence}\n\n`).join('');
          if (fresh.length > 0) continue;
        }
        if (clock.monotonic() - told >= EVENT_KEEPALIVE_MS) return ': here\n\n';
        await new Promise((resolve) => setTimeout(resolve, EVENT_POLL_MS));
      }
      return undefined;
    };
    const send = (controller: ReadableStreamDefaultController<Uint8Array>, text: string) => {
      controller.enqueue(utf8(text));
      told = clock.monotonic();
      stalled = told;
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => send(controller, ': open\n\n'),
        // Asked for one piece at a time, when the one before has left: what is unsent is never more than that.
        pull: async (controller) => {
          stalled = undefined;
          const text = await next().catch((error: unknown) => {
            log.fault('events', error, { at: 'api' });
            return undefined;
          });
          if (isDone) return;
          // The right may have gone while the log was read.
          if (text !== undefined && isOpen()) return send(controller, text);
          end();
          controller.close();
        },
        cancel: end,
      },
      { highWaterMark: 1 },
    );
  }
}

/** Where a stream starts; a reader that is further behind than the bound reads the list for the rest. */
function startOf(lastEventId: string | undefined, size: number): number {
  const given = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : size;
  return Math.min(size, Math.max(given, size - MAX_CATCH_UP));
}
