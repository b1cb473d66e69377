import type { Clock } from '@wardmesh/core';
import { NETWORKS } from '@wardmesh/wallet';
import type { Network } from '../authority-ports.ts';
import type { LedgerFacts } from '../protocol/parts.ts';
import { LEAST_LEDGER_TIME, LEDGER_SLACK } from './limits.ts';
import type { LedgerStamp } from './usage-store.ts';

/**
 * Holds what askers say of the ledger's index to what time allows. The signer has no network: whoever claimed a later
 * ledger could make it believe that a signed transaction has expired, and have its sequence signed for again.
 */
export class LedgerClock {
  readonly #clock: Clock;
  readonly #first = new Map<Network, { readonly index: number; readonly at: number }>();

  /** @param known what was believed before a restart: the newest ledger of each network, and when (Unix ms) */
  constructor(clock: Clock, known: (network: Network) => LedgerStamp | undefined = () => undefined) {
    this.#clock = clock;
    for (const network of NETWORKS) {
      const stamp = known(network);
      if (stamp === undefined) continue;
      const age = Math.max(0, clock.now() - stamp.at);
      this.#first.set(network, { index: stamp.index, at: clock.monotonic() - age });
    }
  }

  /** The facts with an index that can be. The local test ledger closes ledgers at will and is believed. */
  plausible(network: Network, facts: LedgerFacts | null): LedgerFacts | null {
    if (facts === null || network === 'local') return facts;
    const now = this.#clock.monotonic();
    const base = this.#first.get(network);
    if (base === undefined) {
      this.#first.set(network, { index: facts.ledgerIndex, at: now });
      return facts;
    }
    const bound = base.index + Math.floor((now - base.at) / LEAST_LEDGER_TIME);
    // An honest claim is below the bound, and the next bound starts from it; no claim ever raises one.
    if (facts.ledgerIndex >= base.index && facts.ledgerIndex < bound) {
      this.#first.set(network, { index: facts.ledgerIndex, at: now });
    }
    return { ...facts, ledgerIndex: Math.min(facts.ledgerIndex, bound + LEDGER_SLACK) };
  }

  /** The newest ledger that a claim within the bounds has named; undefined where none was, and on the local network. */
  believed(network: Network): number | undefined {
    return this.#first.get(network)?.index;
  }

  /** The latest ledger that there can be by now; undefined where nothing is known. */
  latest(network: Network): number | undefined {
    const base = this.#first.get(network);
    if (base === undefined) return undefined;
    return base.index + Math.floor((this.#clock.monotonic() - base.at) / LEAST_LEDGER_TIME) + LEDGER_SLACK;
  }

  /** An operator's word that what was believed was a lie: the next claim is taken as it comes. */
  forget(network: Network): void {
    this.#first.delete(network);
  }
}
