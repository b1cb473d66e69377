import type { TraceSettings } from '../../config/index.ts';
import { EXPORT_EVERY_MS, EXPORT_LAST_MS, EXPORT_TIMEOUT_MS, MAX_BATCH_SPANS, MAX_QUEUED_SPANS } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import type { OperatorLog } from '../operator-log.ts';
import { type Resource, type Span, toOtlp } from './span.ts';

export interface ExporterOptions {
  readonly endpoint: TraceSettings['endpoint'];
  /** Read for each batch, so that a rotated secret is used. May throw. */
  headers(): Readonly<Record<string, string>>;
  readonly resource: Resource;
  readonly metrics: Pick<Metrics, 'spans'>;
  readonly log: Pick<OperatorLog, 'warn'>;
}

/**
 * Sends spans to a collector, beside the calls: a call only puts its span into a list of bounded length. What the
 * collector does not take is counted and dropped, never tried again: traces are of use, receipts are the record.
 */
export class SpanExporter {
  readonly #options: ExporterOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  readonly #ending = new AbortController();
  #isDown = false;
  #isClosed = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#flush(), EXPORT_EVERY_MS).unref();
  }

  /** Never waits and never throws. */
  add(span: Span): void {
    if (this.#isClosed || this.#waiting.length >= MAX_QUEUED_SPANS) {
      this.#options.metrics.spans('dropped', 1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= MAX_BATCH_SPANS) this.#flush();
  }

  /** Sends what waits, as far as the collector is quick, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#flush();
    const timer = setTimeout(() => this.#ending.abort(), EXPORT_LAST_MS);
    await this.#sending;
    clearTimeout(timer);
    this.#options.metrics.spans('dropped', this.#waiting.splice(0).length);
  }

  /** One batch at a time: a slow collector meets one open request. */
  #flush(): void {
    if (this.#sending !== undefined || this.#waiting.length === 0) return;
    this.#sending = this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH_SPANS);
      const fault = await this.#send(batch);
      this.#options.metrics.spans(fault === undefined ? 'exported' : 'failed', batch.length);
      this.#tell(fault);
      // The rest waits for the next turn of the timer.
      if (fault !== undefined) return;
    }
  }

  /** @returns why it failed */
  async #send(batch: readonly Span[]): Promise<string | undefined> {
    const { endpoint, headers, resource } = this.#options;
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/json' },
        body: JSON.stringify(toOtlp(batch, resource)),
        // A collector that redirects would take the headers' secrets elsewhere.
        redirect: 'error',
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(EXPORT_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `HTTP status ${response.status}`;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message : 'failed';
    }
  }

  /** Once when it goes down, once when it is back: an outage must not fill the log. */
  #tell(fault: string | undefined): void {
    if ((fault !== undefined) === this.#isDown) return;
    this.#isDown = fault !== undefined;
    if (fault !== undefined) this.#options.log.warn('traces.unavailable', { reason: fault });
    else this.#options.log.warn('traces.available');
  }
}
