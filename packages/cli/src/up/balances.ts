import { BoundedCache, isCoded } from '@wardmesh/core';
import { createXrplLedger, type XrplLedger } from '@wardmesh/ledgers';
import { NETWORK_IDS, type Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { networkFacts } from '../wallet/networks.ts';

/** What accounts hold, for people to look at: nothing is decided by it. */
export interface Balances {
  /** Decimal drops; null where no node says. */
  of(network: Network, address: string): Promise<string | null>;
  close(): void;
}

/** A page asks again and again; a node is asked at most this often for each account, ms. */
const FRESH_MS = 4_000;
/** A node that does not answer by then leaves the page without a balance, and not without its answer. */
const TIMEOUT_MS = 3_000;
const MAX_REMEMBERED = 1_000;

/** Balances as one node of each network tells them, by the endpoints of the home. */
export class LedgerBalances implements Balances {
  readonly #context: Context;
  readonly #ledgers = new Map<Network, Promise<XrplLedger>>();
  readonly #known = new BoundedCache<string, { readonly at: number; readonly drops: Promise<string | null> }>(
    MAX_REMEMBERED,
  );

  constructor(context: Context) {
    this.#context = context;
  }

  of(network: Network, address: string): Promise<string | null> {
    const name = `${network} ${address}`;
    const at = this.#context.clock.monotonic();
    const known = this.#known.get(name);
    if (known !== undefined && at - known.at < FRESH_MS) return known.drops;
    const drops = this.#ask(network, address);
    this.#known.set(name, { at, drops });
    return drops;
  }

  close(): void {
    for (const ledger of this.#ledgers.values()) void ledger.then((open) => open.close()).catch(() => {});
    this.#ledgers.clear();
  }

  async #ask(network: Network, address: string): Promise<string | null> {
    try {
      const { balance } = await (await this.#ledgerOf(network)).accountInfo(address);
      return balance.toString();
    } catch (error) {
      if (isCoded(error, 'ACCOUNT_NOT_FOUND')) return '0';
      // Endpoints may have changed in ward.yaml, or the local ledger taken another port: look again next time.
      const ledger = this.#ledgers.get(network);
      this.#ledgers.delete(network);
      void ledger?.then((open) => open.close()).catch(() => {});
      return null;
    }
  }

  #ledgerOf(network: Network): Promise<XrplLedger> {
    const known = this.#ledgers.get(network);
    if (known !== undefined) return known;
    const made = networkFacts(this.#context, network).then(({ endpoints }) =>
      createXrplLedger({
        endpoints,
        networkId: NETWORK_IDS[network],
        confirmations: 1,
        connectTimeoutMs: TIMEOUT_MS,
        requestTimeoutMs: TIMEOUT_MS,
        clock: this.#context.clock,
      }),
    );
    this.#ledgers.set(network, made);
    return made;
  }
}
