import { isCoded } from '@wardmesh/core';
import { type UpstreamError, unavailable } from '../errors.ts';
import { networkFailure } from './failure.ts';
import type { AnswerSink } from './http-client.ts';

/** Swallows a first 401 and has the request made again; every other answer goes on as it comes. */
export class RenewingSink implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #again: () => Promise<void>;
  #isRefused = false;

  /** @param again makes the request once more, for the sink itself; rejects where there is nothing to make it with */
  constructor(sink: AnswerSink, again: () => Promise<void>) {
    this.#sink = sink;
    this.#again = again;
  }

  start(status: number, headers: Parameters<AnswerSink['start']>[1], stop: () => void): void {
    this.#isRefused = status === 401;
    if (this.#isRefused) stop();
    else this.#sink.start(status, headers, stop);
  }

  data(chunk: Buffer): void {
    if (!this.#isRefused) this.#sink.data(chunk);
  }

  end(): void {
    if (this.#isRefused) this.#renew();
    else this.#sink.end();
  }

  fail(error: UpstreamError): void {
    if (this.#isRefused) this.#renew();
    else this.#sink.fail(error);
  }

  #renew(): void {
    this.#again().catch((cause: unknown) => {
      this.#sink.fail(isCoded(cause) ? networkFailure(cause) : unavailable('the sign-in failed', { cause }));
    });
  }
}
