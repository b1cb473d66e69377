import type { IncomingMessage } from 'node:http';
import type { Exchange, GatewayHttp } from '../endpoint/http.ts';
import { RETRY_FOR_MS } from '../limits.ts';
import { isRetryable } from './answer.ts';
import { Backoff } from './backoff.ts';

export interface LinkPorts {
  /** Finds the gateway: asked at first and each time it could not be reached. */
  connect(): Promise<GatewayHttp>;
  /** `/mcp` or `/servers/ID/mcp`. */
  readonly path: string;
  /** A remark for the operator. */
  log(text: string): void;
  /** How long a request waits for a gateway that is away, milliseconds. */
  readonly patience?: number;
}

type Sending = Omit<Exchange, 'path'> & { readonly signal: AbortSignal };

/** The bridge's way to its gateway, which may restart, at another port too, while the client stays. */
export class Link {
  readonly #ports: LinkPorts;
  #found: Promise<GatewayHttp> | undefined;
  #closed = false;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
  }

  /** One attempt. @throws CodedError */
  async try(exchange: Sending): Promise<IncomingMessage> {
    this.#found ??= this.#ports.connect();
    const found = this.#found;
    try {
      return await (await found).send({ ...exchange, path: this.#ports.path });
    } catch (error) {
      // Only the one that failed: another request may have found the new gateway meanwhile.
      if (this.#found === found && isRetryable(error)) this.#found = undefined;
      throw error;
    }
  }

  /** Waits for a gateway that is away; what it may have seen is not sent again. @throws what stays after that */
  async send(exchange: Sending): Promise<IncomingMessage> {
    const backoff = new Backoff();
    const until = performance.now() + (this.#ports.patience ?? RETRY_FOR_MS);
    for (let told = false; ; ) {
      try {
        return await this.try(exchange);
      } catch (error) {
        if (!isRetryable(error) || exchange.signal.aborted || this.#closed || performance.now() > until) throw error;
        if (!told) this.#ports.log('the gateway does not answer; waiting for it');
        told = true;
        await backoff.pause(exchange.signal);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    (await this.#found?.catch(() => undefined))?.close();
  }
}
