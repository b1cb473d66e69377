import {
  type LedgerServer,
  type LedgerServerOptions,
  LOCAL_NETWORK_ID,
  prepareTx,
  type SignedTx,
  startLedgerServer,
  TestLedger,
  type TxFields,
  testWallet,
} from '@wardmesh/local-ledger';
import { createXrplLedger, type XrplLedgerOptions } from '../src/xrpl/client.ts';
import type { XrplLedger } from '../src/xrpl/port.ts';

export const alice = testWallet('alice');
export const bob = testWallet('bob');

/** A test's servers and clients, ended together. */
export class Fixture {
  readonly ledger = new TestLedger();
  readonly #servers: LedgerServer[] = [];
  readonly #clients: XrplLedger[] = [];

  constructor() {
    this.ledger.fund(alice.address);
    this.ledger.close();
  }

  /** Another endpoint, of the test's ledger unless told otherwise. */
  async serve(ledger: TestLedger = this.ledger, tls?: LedgerServerOptions['tls']): Promise<LedgerServer> {
    const server = await startLedgerServer({ ledger, ...(tls !== undefined && { tls }) });
    this.#servers.push(server);
    return server;
  }

  /** A client of all endpoints so far, in a hurry. */
  connect(options: Partial<XrplLedgerOptions> = {}): XrplLedger {
    const client = createXrplLedger({
      endpoints: this.#servers.map(({ url }) => url),
      networkId: LOCAL_NETWORK_ID,
      pollMs: 15,
      connectTimeoutMs: 1_000,
      requestTimeoutMs: 400,
      sleep: (ms) => after(Math.min(ms, 15)),
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** A signed payment of alice to bob that fits the open ledger. */
  payment(fields: Partial<TxFields> = {}): SignedTx {
    return this.sign({ TransactionType: 'Payment', Destination: bob.address, Amount: '20000000', ...fields });
  }

  sign(fields: TxFields): SignedTx {
    return alice.sign(prepareTx(this.ledger, alice.address, fields));
  }

  /** Closes ledgers until told to stop, so that waiting ends. */
  closing(): () => void {
    const timer = setInterval(() => this.ledger.close(), 25);
    return () => clearInterval(timer);
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}

export function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
