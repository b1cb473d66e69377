import type { JsonObject } from '@wardmesh/core';
import { LedgersError } from '../error.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { parseServerState } from './parse-server.ts';
import { Reader } from './reader.ts';

/** Answers that say what is so, rather than that the node is unwell. */
const REFUSALS: Readonly<Record<string, ConstructorParameters<typeof LedgersError>[0]>> = {
  actNotFound: 'ACCOUNT_NOT_FOUND',
  actMalformed: 'INVALID_REQUEST',
  invalidParams: 'INVALID_REQUEST',
  invalidTransaction: 'INVALID_TRANSACTION',
  lgrNotFound: 'LEDGER_NOT_FOUND',
  lgrIdxMalformed: 'INVALID_REQUEST',
};

/** One endpoint: connects when first asked, checks the network each time it connects, and stays barred if that is wrong. */
export class XrplNode {
  readonly url: URL;
  readonly #networkId: number;
  readonly #options: ConnectionOptions;
  #connection: Promise<Connection> | undefined;
  #attempt: Promise<Connection> | undefined;
  #barred: LedgersError | undefined;

  constructor(url: URL, networkId: number, options: ConnectionOptions) {
    this.url = url;
    this.#networkId = networkId;
    this.#options = options;
  }

  /** Why this node is never asked again, where that is so. */
  get barred(): LedgersError | undefined {
    return this.#barred;
  }

  /** A connection that stands. @throws LedgersError CONNECTION_FAILED, NETWORK_MISMATCH and those of a request */
  async connect(): Promise<Connection> {
    if (this.#barred !== undefined) throw this.#barred;
    const standing = await this.#connection?.catch(() => undefined);
    if (standing?.isOpen === true) return standing;
    // Many may ask at once: they share one attempt.
    this.#connection = this.#attempt ??= this.open().finally(() => {
      this.#attempt = undefined;
    });
    return this.#connection;
  }

  /** A connection of its own, its network checked. @throws LedgersError as {@link XrplNode.connect} */
  async open(): Promise<Connection> {
    if (this.#barred !== undefined) throw this.#barred;
    const connection = await Connection.open(this.url, this.#options);
    try {
      const response = await connection.request('server_state', {});
      const { networkId } = parseServerState(resultOf(response));
      if (networkId !== this.#networkId) {
        this.#barred = new LedgersError(
          'NETWORK_MISMATCH',
          `${this.url.host} is on network ${networkId}, not ${this.#networkId}`,
          { details: { endpoint: this.url.host, expected: this.#networkId, found: networkId } },
        );
        throw this.#barred;
      }
      return connection;
    } catch (error) {
      connection.end(asLedgersError(error));
      throw error;
    }
  }

  /** The result of a command. @throws LedgersError */
  async request(command: string, params: JsonObject): Promise<Reader> {
    const connection = await this.connect();
    const response = await connection.request(command, params);
    return resultOf(response);
  }

  /** The whole response, also where it is a refusal. */
  async requestRaw(command: string, params: JsonObject): Promise<JsonObject> {
    const connection = await this.connect();
    return connection.request(command, params);
  }

  end(): void {
    const reason = new LedgersError('CLIENT_CLOSED', 'the ledger client was closed');
    this.#barred ??= reason;
    this.#connection?.then(
      (connection) => connection.end(reason),
      () => undefined,
    );
  }
}

/** @throws LedgersError for a refusal or a response without a result. */
export function resultOf(response: JsonObject): Reader {
  if (response.status === 'success') return new Reader(response, 'response').object('result');
  const error = typeof response.error === 'string' ? response.error : 'unknown';
  const code = REFUSALS[error] ?? 'REQUEST_REFUSED';
  throw new LedgersError(code, `the node refused the request: ${error.slice(0, 64)}`, {
    details: { error, exception: response.error_exception },
  });
}

export function asLedgersError(error: unknown): LedgersError {
  if (error instanceof LedgersError) return error;
  return new LedgersError('CONNECTION_LOST', 'the node failed', { cause: error });
}
