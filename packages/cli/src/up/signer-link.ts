import { isCoded } from '@wardmesh/core';
import { type MethodParams, type MethodResult, SignerClient } from '@wardmesh/signer/client';
import { SIGNER_ANSWER_MS } from './limits.ts';

type Method = Parameters<SignerClient['request']>[0];

/**
 * One connection to the signer's operator socket, made when it is needed and again after the signer was started anew.
 * What only looks is asked a second time where the connection was lost; what changes something never is: it may have
 * been done.
 */
export class SignerLink {
  readonly #socket: string;
  #client: Promise<SignerClient> | undefined;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** @throws CodedError SIGNER_NOT_RUNNING, SIGNER_TIMEOUT, and the signer's own */
  async look<M extends Method>(method: M, params: MethodParams<M>): Promise<MethodResult<M>> {
    try {
      return await this.act(method, params);
    } catch (error) {
      if (!isCoded(error, 'SIGNER_CONNECTION_LOST')) throw error;
      return this.act(method, params);
    }
  }

  /** @throws CodedError SIGNER_NOT_RUNNING, SIGNER_CONNECTION_LOST, SIGNER_TIMEOUT, and the signer's own */
  async act<M extends Method>(method: M, params: MethodParams<M>): Promise<MethodResult<M>> {
    const client = await this.#connected();
    return (await client.request(method, params)).result;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await (await client?.catch(() => undefined))?.close();
  }

  #connected(): Promise<SignerClient> {
    if (this.#client !== undefined) return this.#client;
    const connecting = SignerClient.connect({ socket: this.#socket, deadline: SIGNER_ANSWER_MS });
    this.#client = connecting;
    const forget = (): void => {
      if (this.#client === connecting) this.#client = undefined;
    };
    connecting.then((client) => client.closed.then(forget), forget);
    return connecting;
  }
}
