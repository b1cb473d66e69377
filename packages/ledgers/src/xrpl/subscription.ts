import type { JsonObject } from '@wardmesh/core';
import type { Connection } from './connection.ts';
import { backoff, type Failover, type Sleep } from './failover.ts';
import { resultOf } from './node.ts';
import type { LedgerEvent } from './port.ts';
import { Reader } from './reader.ts';
import { isFinalResult } from './result.ts';

/**
 * A subscription on a connection of its own, renewed with back-off on whichever endpoint answers. Events are one
 * endpoint's word: a hint to look, not a proof.
 */
export class Subscription {
  readonly #failover: Failover;
  readonly #params: JsonObject;
  readonly #listener: (event: LedgerEvent) => void;
  readonly #sleep: Sleep;
  #connection: Connection | undefined;
  #isStopped = false;

  constructor(failover: Failover, params: JsonObject, listener: (event: LedgerEvent) => void, sleep: Sleep) {
    this.#failover = failover;
    this.#params = params;
    this.#listener = listener;
    this.#sleep = sleep;
  }

  /** @throws LedgersError where no endpoint takes it at first. */
  async start(): Promise<void> {
    const connection = await this.#failover.run(async (node) => {
      const fresh = await node.open();
      fresh.onStream = (message) => this.#tell(message);
      try {
        resultOf(await fresh.request('subscribe', this.#params));
      } catch (error) {
        fresh.close();
        throw error;
      }
      return fresh;
    });
    this.#connection = connection;
    if (this.#isStopped) this.stop();
    else if (!connection.isOpen) void this.#renew();
    else connection.onEnd = () => void this.#renew();
  }

  stop(): void {
    this.#isStopped = true;
    this.#connection?.close();
  }

  async #renew(): Promise<void> {
    for (let round = 1; !this.#isStopped; round++) {
      await this.#sleep(backoff(round));
      if (this.#isStopped) return;
      try {
        await this.start();
        this.#listener({ kind: 'gap' });
        return;
      } catch {
        // The next round tries again; the listener hears of the gap when it ends.
      }
    }
  }

  #tell(message: JsonObject): void {
    if (this.#isStopped) return;
    const event = parseEvent(message);
    if (event !== undefined) this.#listener(event);
  }
}

/** A stream message as an event; undefined for what is not of use or not well formed. */
export function parseEvent(message: JsonObject): LedgerEvent | undefined {
  const reader = new Reader(message, 'stream');
  try {
    if (message.type === 'ledgerClosed') {
      return {
        kind: 'ledger',
        index: reader.uint('ledger_index'),
        hash: reader.hash('ledger_hash'),
        closeTime: reader.rippleTime('ledger_time'),
      };
    }
    if (message.type !== 'transaction' || message.validated !== true) return undefined;
    const result = reader.object('meta').text('TransactionResult');
    if (!isFinalResult(result)) return undefined;
    return { kind: 'transaction', hash: reader.hash('hash'), ledgerIndex: reader.uint('ledger_index'), result };
  } catch {
    return undefined;
  }
}
