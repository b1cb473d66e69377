import type { Clock } from '@wardmesh/core';
import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/message.ts';
import { upstreamError } from '../errors.ts';
import type { OnUpstreamEvent } from '../event.ts';
import { FLOOD_PER_SECOND, MAX_NOTIFICATIONS_PER_SECOND, MAX_VIOLATIONS, VIOLATION_WINDOW_MS } from '../limits.ts';
import { WindowMeter } from '../meter.ts';
import type { StreamSink } from './exchange.ts';

export interface StreamGuardOptions {
  readonly upstream: string;
  readonly clock: Clock;
  readonly onEvent: OnUpstreamEvent;
}

/** Counts what one attachment's streams bring beside answers: above the rate it is dropped, above the bounds it ends the stream. */
export class StreamGuard {
  readonly #options: StreamGuardOptions;
  readonly #violations: WindowMeter;
  readonly #messages: WindowMeter;

  constructor(options: StreamGuardOptions) {
    this.#options = options;
    this.#violations = new WindowMeter(options.clock, VIOLATION_WINDOW_MS);
    this.#messages = new WindowMeter(options.clock, 1_000);
  }

  sink(to: { notification(message: JsonRpcNotification): void; request(message: JsonRpcRequest): void }): StreamSink {
    return {
      notification: (message) => {
        const over = this.#count() - MAX_NOTIFICATIONS_PER_SECOND;
        if (over <= 0) to.notification(message);
        else if (over === 1) this.drop('notifications above the rate');
      },
      request: (message) => {
        this.#count();
        to.request(message);
      },
      violation: (what) => this.violate(what),
    };
  }

  /** @throws UpstreamError past the bound; inside a stream that ends it. */
  violate(what: string): void {
    const { upstream, onEvent } = this.#options;
    const count = this.#violations.add();
    onEvent({ type: 'violation', upstream, what, count });
    if (count > MAX_VIOLATIONS) throw upstreamError('UPSTREAM_PROTOCOL', 'the server keeps breaking the protocol');
  }

  drop(what: string): void {
    const { upstream, onEvent } = this.#options;
    onEvent({ type: 'dropped', upstream, what, count: 1 });
  }

  #count(): number {
    const count = this.#messages.add();
    if (count > FLOOD_PER_SECOND) throw upstreamError('UPSTREAM_PROTOCOL', 'the server floods with messages');
    return count;
  }
}
