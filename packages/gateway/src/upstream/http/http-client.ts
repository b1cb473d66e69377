import { isCoded } from '@wardmesh/core';
import { type Dispatcher, Pool } from 'undici';
import { abortedBy, type UpstreamError, unavailable } from '../errors.ts';
import { MAX_CONNECTIONS, MAX_STREAMS } from '../limits.ts';
import { type DialOptions, dialer } from './dialer.ts';
import { networkFailure } from './failure.ts';
import { assertHeaders } from './headers.ts';
import { RenewingSink } from './renewing-sink.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query on the pool's origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** A stream without end of its own. */
  readonly staysOpen: boolean;
}

/** Receives one answer. `start` and `data` may throw an UpstreamError to end it; then `fail` gets that error. */
export interface AnswerSink {
  start(status: number, headers: Readonly<Record<string, string | string[] | undefined>>, stop: () => void): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: UpstreamError): void;
}

export interface HttpClientOptions extends DialOptions {
  /** Credentials and such, fetched for each request so that rotated ones count at once. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** Asked once where the server answers 401: the `authorization` to try again with. Rejects where there is none. */
  readonly afterRefusal?: (authorization: string) => Promise<string>;
}

/** Connections to one origin and nothing else: redirects are never followed, compression is never asked for. */
export class HttpClient {
  readonly url: URL;
  readonly #calls: Pool;
  /** Streams that stay open have connections of their own, or many clients' would leave none for calls. */
  readonly #streams: Pool;
  readonly #headers: HttpClientOptions['headers'];
  readonly #afterRefusal: HttpClientOptions['afterRefusal'];

  constructor(options: HttpClientOptions) {
    this.url = options.url;
    this.#headers = options.headers;
    this.#afterRefusal = options.afterRefusal;
    const pool = (connections: number) =>
      new Pool(options.url.origin, {
        connect: dialer(options),
        connections,
        pipelining: 1,
        // The call's own time limit rules; streams may be silent for long.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    this.#calls = pool(MAX_CONNECTIONS);
    this.#streams = pool(MAX_STREAMS);
  }

  get path(): string {
    return this.url.pathname + this.url.search;
  }

  async send(request: HttpRequest, sink: AnswerSink): Promise<void> {
    try {
      const configured = await this.#headers();
      assertHeaders(configured);
      this.#dispatch(request, configured, this.#renewing(request, configured, sink));
    } catch (cause) {
      sink.fail(isCoded(cause) ? networkFailure(cause) : unavailable('the request could not be made', { cause }));
    }
  }

  /** A sink that has a request repeated once with new credentials: a 401 says that nothing was done. */
  #renewing(request: HttpRequest, configured: Readonly<Record<string, string>>, sink: AnswerSink): AnswerSink {
    const renew = this.#afterRefusal;
    const { authorization } = configured;
    if (renew === undefined || authorization === undefined) return sink;
    return new RenewingSink(sink, async () => {
      this.#dispatch(request, { ...configured, authorization: await renew(authorization) }, sink);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#calls.destroy(), this.#streams.destroy()]);
  }

  #dispatch(request: HttpRequest, configured: Readonly<Record<string, string>>, sink: AnswerSink): void {
    const { signal } = request;
    if (signal.aborted) {
      sink.fail(abortedBy(signal.reason));
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let failure: UpstreamError | undefined;
    const stop = (error: UpstreamError) => {
      failure ??= error;
      controller?.abort(error);
    };
    const onAbort = () => stop(abortedBy(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    const guard = (step: () => void) => {
      try {
        if (failure === undefined) step();
      } catch (error) {
        stop(networkFailure(error));
      }
    };
    (request.staysOpen ? this.#streams : this.#calls).dispatch(
      {
        method: request.method,
        path: request.path,
        headers: flatHeaders(configured, request.headers),
        body: request.body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (failure !== undefined) started.abort(failure);
        },
        onResponseStart(_controller, status, headers) {
          if (status >= 200) guard(() => sink.start(status, headers, () => stop(unavailable('not needed any more'))));
        },
        onResponseData(_controller, chunk) {
          guard(() => sink.data(chunk));
        },
        onResponseEnd() {
          signal.removeEventListener('abort', onAbort);
          if (failure === undefined) sink.end();
          else sink.fail(failure);
        },
        onResponseError(_controller, error) {
          signal.removeEventListener('abort', onAbort);
          sink.fail(failure ?? networkFailure(error));
        },
      },
    );
  }
}

/** Names and values in turn; what is configured stands behind what the request says itself. */
function flatHeaders(configured: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): string[] {
  const flat: string[] = [];
  for (const name in configured) if (!Object.hasOwn(own, name)) flat.push(name, configured[name]!);
  for (const name in own) flat.push(name, own[name]!);
  flat.push('accept-encoding', 'identity');
  return flat;
}
