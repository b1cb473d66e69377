import { connect } from 'node:net';
import { isCoded, type Json, type JsonObject } from '@wardmesh/core';
import type { z } from 'zod';
import { signerError } from '../error.ts';
import { ANSWER_DEADLINE } from '../limits.ts';
import { LEDGER_METHODS, type LedgerMethod, OPERATOR_METHODS, type OperatorMethod } from '../protocol/operator.ts';
import { Peer } from '../wire/peer.ts';

type Methods = typeof OPERATOR_METHODS;
type LedgerMethods = typeof LEDGER_METHODS;
/** What a method takes, before defaults and checks. */
export type MethodParams<M extends OperatorMethod> = z.input<Methods[M]['params']>;
export type MethodResult<M extends OperatorMethod> = z.output<Methods[M]['result']>;

/** Answers to what the signer asks of the ledger while `wallet.secure` and `wallet.rotate` run. */
export type LedgerHandlers = {
  readonly [M in LedgerMethod]: (
    params: z.output<LedgerMethods[M]['params']>,
  ) => Promise<z.input<LedgerMethods[M]['result']>>;
};

export interface SignerClientOptions {
  /** Path of `agent.sock` or `operator.sock`. */
  readonly socket: string;
  readonly ledger?: LedgerHandlers;
  readonly onProgress?: (progress: { readonly step: string; readonly message: string }) => void;
  /** Longest an answer is waited for, ms. Five minutes where left out. */
  readonly deadline?: number;
}

/**
 * A connection to the signer. Secrets go in and come out as attachments; those that go in are wiped once they are sent,
 * those that come out are the caller's to wipe. Errors are coded errors with the signer's own code.
 */
export class SignerClient {
  readonly #peer: Peer;
  readonly #deadline: number;

  private constructor(peer: Peer, deadline: number) {
    this.#peer = peer;
    this.#deadline = deadline;
  }

  /** @throws SIGNER_NOT_RUNNING where nothing listens */
  static async connect(options: SignerClientOptions): Promise<SignerClient> {
    const socket = connect({ path: options.socket });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve);
    socket.once('error', reject);
    try {
      await promise;
    } catch (cause) {
      throw signerError('SIGNER_NOT_RUNNING', 'nothing listens on the signer’s socket', {
        hint: 'Start it with ward up.',
        cause,
      });
    } finally {
      socket.off('error', reject);
    }
    const peer = new Peer(socket, {
      ...(options.ledger !== undefined && { request: answerLedger(options.ledger) }),
      notification: (method, { step, message }) => {
        if (method === 'progress' && typeof step === 'string' && typeof message === 'string') {
          options.onProgress?.({ step, message });
        }
      },
      toWire: (error) =>
        isCoded(error) ? error.toJSON() : { code: 'LEDGER_UNAVAILABLE', message: 'the ledger does not answer' },
    });
    return new SignerClient(peer, options.deadline ?? ANSWER_DEADLINE);
  }

  /**
   * @param attachments secrets in the order that the method's comment names; wiped once they are sent
   * @throws CodedError with the signer's code; SIGNER_CONNECTION_LOST, SIGNER_TIMEOUT; SIGNER_PROTOCOL for an answer
   *   that is not the method's
   */
  async request<M extends OperatorMethod>(
    method: M,
    params: MethodParams<M>,
    attachments: readonly Uint8Array[] = [],
  ): Promise<{ readonly result: MethodResult<M>; readonly attachments: readonly Uint8Array[] }> {
    const answer = await this.#peer.request(method, params as JsonObject, attachments, this.#deadline);
    const result = OPERATOR_METHODS[method].result.safeParse(answer.result);
    if (!result.success) {
      for (const part of answer.attachments) part.fill(0);
      throw signerError('SIGNER_PROTOCOL', 'the signer’s answer is not of this version', {
        hint: 'Restart the signer: it runs another version than this command.',
      });
    }
    return { result: result.data as MethodResult<M>, attachments: answer.attachments };
  }

  /** Resolves once the connection is gone. */
  get closed(): Promise<void> {
    return this.#peer.closed;
  }

  async close(): Promise<void> {
    this.#peer.close();
    await this.#peer.closed;
  }
}

function answerLedger(handlers: LedgerHandlers) {
  return async (method: string, params: JsonObject): Promise<{ readonly result: Json }> => {
    if (!Object.hasOwn(LEDGER_METHODS, method)) throw signerError('SIGNER_METHOD_UNKNOWN', 'no question of the signer');
    const name = method as LedgerMethod;
    const checked = LEDGER_METHODS[name].params.parse(params);
    return { result: (await (handlers[name] as (params: unknown) => Promise<unknown>)(checked)) as Json };
  };
}
