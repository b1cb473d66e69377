import type { IncomingMessage } from 'node:http';
import { readEvents } from '../endpoint/sse.ts';
import { isStream } from './answer.ts';
import { Backoff } from './backoff.ts';
import type { Link } from './link.ts';
import type { Session } from './session.ts';

export interface SessionStreamPorts {
  readonly link: Link;
  readonly session: Session;
  /** One message of the stream. */
  relay(text: string): Promise<unknown>;
  /** The gateway does not know the session any more. */
  lost(): Promise<void>;
  log(text: string): void;
}

/**
 * The session's own stream (Streamable HTTP §Listening for messages): notifications and requests of servers that belong
 * to no request of the client. Kept open, and taken up again from the last event.
 */
export class SessionStream {
  readonly #ports: SessionStreamPorts;
  #open: AbortController | undefined;

  constructor(ports: SessionStreamPorts) {
    this.#ports = ports;
  }

  /** Opens it, in the place of one that is open. */
  start(): void {
    this.stop();
    const open = new AbortController();
    this.#open = open;
    this.#follow(open.signal).catch(() => {
      if (!open.signal.aborted) this.#ports.log('the stream of the session ended');
    });
  }

  stop(): void {
    this.#open?.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      const response = await this.#request(signal);
      if (response !== undefined && isStream(response)) {
        backoff.reset();
        await this.#pump(response);
      } else if (response !== undefined) {
        response.resume();
        if (response.statusCode === 404) return this.#ports.lost();
        // 405: none is offered. Any other 4xx will not change by asking again.
        if (response.statusCode === 405) return;
        if ((response.statusCode ?? 500) < 500 && response.statusCode !== 429) {
          this.#ports.log(`the gateway refused the stream of the session (HTTP ${response.statusCode})`);
          return;
        }
      }
      await backoff.pause(signal);
    }
  }

  async #request(signal: AbortSignal): Promise<IncomingMessage | undefined> {
    const { session, link } = this.#ports;
    const headers = {
      accept: 'text/event-stream',
      ...session.headers(),
      ...(session.lastEventId !== undefined && { 'last-event-id': session.lastEventId }),
    };
    try {
      return await link.try({ method: 'GET', headers, signal });
    } catch {
      return undefined;
    }
  }

  async #pump(response: IncomingMessage): Promise<void> {
    const { session } = this.#ports;
    try {
      for await (const event of readEvents(response)) {
        session.lastEventId = event.id ?? session.lastEventId;
        if (event.data !== '') await this.#ports.relay(event.data);
      }
    } catch {
      // It broke off; it is opened again from the last event.
    }
  }
}
