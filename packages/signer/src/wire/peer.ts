import type { Socket } from 'node:net';
import { CodedError, type Json, type JsonObject } from '@wardmesh/core';
import { type SignerErrorCode, signerError } from '../error.ts';
import { ANSWER_DEADLINE, FRAME_DEADLINE, MAX_ATTACHMENTS, MAX_IN_FLIGHT, MAX_UNSENT } from '../limits.ts';
import { FrameReader, frameHead } from './frame.ts';
import { decodeMessage, encodeMessage, type Message, type WireError } from './message.ts';

/** An answer with the bytes beside it. Whoever receives it wipes the attachments. */
export interface Reply {
  readonly result: Json;
  readonly attachments?: readonly Uint8Array[];
}

export interface PeerHandlers {
  /** Answers a request of the other side. What it throws must be made with `wireError` in mind: see `toWire`. */
  readonly request?: (
    method: string,
    params: JsonObject,
    attachments: readonly Uint8Array[],
    peer: Peer,
  ) => Promise<Reply>;
  readonly notification?: (method: string, params: JsonObject) => void;
  /** The public form of what `request` threw. */
  readonly toWire?: (error: unknown) => WireError;
}

interface Waiting {
  readonly resolve: (reply: { result: Json; attachments: readonly Uint8Array[] }) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One end of a connection. Both ends may ask and both answer. Bounded in every direction: frames, requests in flight,
 * bytes that the other side does not read, time for a frame to become whole. What is not a message closes the
 * connection: after one broken frame nothing that follows can be believed.
 */
export class Peer {
  readonly #socket: Socket;
  readonly #handlers: PeerHandlers;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #answering = new Set<number>();
  readonly #closed = Promise.withResolvers<void>();
  #nextId = 1;
  #deadline: NodeJS.Timeout | undefined;
  #fault: Error | undefined;

  constructor(socket: Socket, handlers: PeerHandlers = {}) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
  }

  /** Resolves once the connection is gone, and never rejects. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Requests of the other side that are being answered. */
  get inFlight(): number {
    return this.#answering.size;
  }

  /**
   * Asks. The attachments are wiped once they are sent, or cannot be.
   * @throws the other side's coded error, SIGNER_CONNECTION_LOST, SIGNER_TIMEOUT, SIGNER_PROTOCOL, SIGNER_BUSY
   */
  async request(
    method: string,
    params: JsonObject,
    attachments: readonly Uint8Array[] = [],
    deadline: number = ANSWER_DEADLINE,
  ): Promise<{ readonly result: Json; readonly attachments: readonly Uint8Array[] }> {
    const id = this.#nextId++;
    try {
      if (this.#socket.destroyed) throw lost();
      if (this.#waiting.size >= MAX_IN_FLIGHT)
        throw signerError('SIGNER_BUSY', 'too many requests are in flight', { retryAfter: 1 });
      const answer = new Promise<{ result: Json; attachments: readonly Uint8Array[] }>((resolve, reject) => {
        const timer = setTimeout(() => {
          this.#waiting.delete(id);
          reject(
            signerError('SIGNER_TIMEOUT', 'no answer in time', {
              hint: 'Whether it was done is unknown: look before you repeat.',
            }),
          );
        }, deadline);
        this.#waiting.set(id, { resolve, reject, timer });
      });
      // Handled below; a rejection before that would else count as unhandled.
      answer.catch(() => undefined);
      try {
        this.#send({ kind: 'request', id, method, params, attachments });
      } catch (error) {
        this.#settle(id)?.reject(error as Error);
      }
      return await answer;
    } catch (error) {
      for (const part of attachments) part.fill(0);
      throw error;
    }
  }

  /** Says something that wants no answer; nothing happens where nobody listens any more. */
  notify(method: string, params: JsonObject): void {
    if (!this.#socket.destroyed) this.#send({ kind: 'notification', method, params });
  }

  /** Ends after what was written has been sent. */
  close(): void {
    this.#socket.end();
  }

  destroy(fault?: Error): void {
    this.#fault ??= fault;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        let message: Message;
        try {
          message = decodeMessage(frame);
        } catch (error) {
          frame.attachments.fill(0);
          throw error;
        }
        this.#take(message);
        if (this.#socket.destroyed) return;
      }
    } catch (error) {
      chunk.fill(0);
      this.destroy(error as Error);
      return;
    }
    this.#watchFrame();
  }

  #watchFrame(): void {
    if (!this.#reader.isOpen) {
      clearTimeout(this.#deadline);
      this.#deadline = undefined;
    } else {
      this.#deadline ??= setTimeout(
        () => this.destroy(signerError('SIGNER_PROTOCOL', 'a frame took too long')),
        FRAME_DEADLINE,
      );
    }
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'request':
        void this.#answer(message);
        return;
      case 'notification':
        this.#handlers.notification?.(message.method, message.params);
        return;
      case 'result': {
        const waiting = this.#settle(message.id);
        // An answer that nobody waits for came after its deadline.
        if (waiting === undefined) for (const part of message.attachments) part.fill(0);
        waiting?.resolve({ result: message.result, attachments: message.attachments });
        return;
      }
      case 'error': {
        const { code, message: text, ...fields } = message.error;
        this.#settle(message.id)?.reject(new CodedError(code, text, fields));
        return;
      }
    }
  }

  async #answer({ id, method, params, attachments }: Message & { kind: 'request' }): Promise<void> {
    const { request, toWire = internal } = this.#handlers;
    if (this.#answering.has(id)) {
      for (const part of attachments) part.fill(0);
      this.destroy(signerError('SIGNER_PROTOCOL', 'an id is used twice'));
      return;
    }
    if (request === undefined || this.#answering.size >= MAX_IN_FLIGHT) {
      for (const part of attachments) part.fill(0);
      const code: SignerErrorCode = request === undefined ? 'SIGNER_METHOD_UNKNOWN' : 'SIGNER_BUSY';
      this.#reply({
        kind: 'error',
        id,
        error: { code, message: 'not answered now', ...(request !== undefined && { retryAfter: 1 }) },
      });
      return;
    }
    this.#answering.add(id);
    try {
      const { result, attachments: sent = [] } = await request(method, params, attachments, this);
      this.#reply({ kind: 'result', id, result, attachments: sent });
    } catch (error) {
      this.#reply({ kind: 'error', id, error: toWire(error) });
    } finally {
      for (const part of attachments) part.fill(0);
      this.#answering.delete(id);
    }
  }

  #reply(message: Message): void {
    if (this.#socket.destroyed) {
      if ('attachments' in message) for (const part of message.attachments) part.fill(0);
      return;
    }
    try {
      this.#send(message);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #send(message: Message): void {
    const attachments = 'attachments' in message ? message.attachments : [];
    const bytes = attachments.reduce((sum, { length }) => sum + length, 0);
    if (attachments.length > MAX_ATTACHMENTS) throw signerError('SIGNER_PROTOCOL', 'too many attachments');
    const head = frameHead(encodeMessage(message), bytes);
    this.#socket.cork();
    this.#socket.write(head);
    for (const part of attachments) this.#socket.write(part, () => part.fill(0));
    this.#socket.uncork();
    if (this.#socket.writableLength > MAX_UNSENT)
      this.destroy(signerError('SIGNER_PROTOCOL', 'the other side does not read'));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  #end(): void {
    clearTimeout(this.#deadline);
    this.#reader.abandon();
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(this.#fault ?? lost());
    this.#closed.resolve();
  }
}

function lost() {
  return signerError('SIGNER_CONNECTION_LOST', 'the connection to the signer ended', {
    hint: 'Whether the request was done is unknown: look before you repeat.',
  });
}

function internal(): WireError {
  return { code: 'SIGNER_INTERNAL', message: 'Internal error - access denied' };
}
