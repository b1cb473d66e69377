import type { WebSocket } from 'ws';
import { RpcError } from './commands/rpc-error.ts';
import type { Answer, Params } from './commands/select.ts';
import { streamJson, touches } from './commands/transaction.ts';
import type { Closed, TestLedger } from './ledger.ts';
import { BASE_FEE, RESERVE_BASE, RESERVE_INCREMENT } from './limits.ts';

interface Interests {
  readonly streams: Set<string>;
  readonly accounts: Set<string>;
  params: Params;
}

const STREAMS: ReadonlySet<string> = new Set(['ledger', 'transactions', 'server']);

/** Who wants to hear of ledgers, transactions and accounts. */
export class Subscriptions {
  readonly #ledger: TestLedger;
  readonly #interests = new Map<WebSocket, Interests>();
  readonly #stop: () => void;

  constructor(ledger: TestLedger) {
    this.#ledger = ledger;
    this.#stop = ledger.listen({ validated: (closed) => this.#tell(closed) });
  }

  end(): void {
    this.#stop();
    this.#interests.clear();
  }

  drop(ws: WebSocket): void {
    this.#interests.delete(ws);
  }

  /** @throws RpcError for a stream this ledger does not have. */
  handle(ws: WebSocket, command: 'subscribe' | 'unsubscribe', params: Params): Answer {
    const streams = strings(params.streams, 'streams');
    const accounts = strings(params.accounts, 'accounts');
    if (streams.some((stream) => !STREAMS.has(stream))) throw new RpcError('invalidParams', 'Stream malformed.');
    const interests = this.#interests.get(ws) ?? { streams: new Set(), accounts: new Set(), params };
    this.#interests.set(ws, interests);
    interests.params = params;
    for (const stream of streams) change(interests.streams, stream, command);
    for (const account of accounts) change(interests.accounts, account, command);
    return command === 'subscribe' && streams.includes('ledger') ? ledgerJson(this.#ledger.validated) : {};
  }

  #tell(closed: Closed): void {
    for (const [ws, { streams, accounts, params }] of this.#interests) {
      const send = (message: Answer): void => {
        if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
      };
      if (streams.has('ledger')) {
        send({ type: 'ledgerClosed', ...ledgerJson(closed), txn_count: closed.transactions.length });
      }
      for (const recorded of closed.transactions) {
        const isWanted = streams.has('transactions') || [...accounts].some((account) => touches(recorded, account));
        if (isWanted) send(streamJson(this.#ledger, recorded, closed.header, params));
      }
    }
  }
}

function ledgerJson({ header }: Closed): Answer {
  return {
    fee_base: Number(BASE_FEE),
    ledger_hash: header.ledger_hash,
    ledger_index: header.ledger_index,
    ledger_time: header.close_time,
    reserve_base: Number(RESERVE_BASE),
    reserve_inc: Number(RESERVE_INCREMENT),
  };
}

function change(set: Set<string>, item: string, command: 'subscribe' | 'unsubscribe'): void {
  if (command === 'subscribe') set.add(item);
  else set.delete(item);
}

function strings(value: unknown, name: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new RpcError('invalidParams', `Invalid field '${name}'.`);
}
