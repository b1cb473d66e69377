import { isCoded } from '@wardmesh/core';
import { createXrplLedger, type SubmissionOutcome, type XrplLedger } from '@wardmesh/ledgers';
import type { LedgerHandlers } from '@wardmesh/signer/client';
import { NETWORK_IDS, type Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { accountFacts } from './account-facts.ts';
import { type EndpointOptions, networkFacts } from './networks.ts';

/** How long one question for an outcome waits before it is answered as pending, milliseconds; the signer asks again. */
const OUTCOME_WAIT_MS = 15_000;
/** Faults after which nobody can tell whether the bytes arrived. */
const UNCERTAIN: ReadonlySet<string> = new Set([
  'CONNECTION_FAILED',
  'CONNECTION_LOST',
  'REQUEST_TIMEOUT',
  'MALFORMED_ANSWER',
  'REQUEST_REFUSED',
]);

/**
 * The ledgers a command speaks to, opened when first asked for. An outcome needs as many endpoints that agree as there
 * are, up to two. It is also what answers the signer, which has no network.
 */
export class LedgerService implements Disposable {
  readonly #context: Context;
  readonly #options: EndpointOptions;
  readonly #open = new Map<Network, XrplLedger>();

  constructor(context: Context, options: EndpointOptions = {}) {
    this.#context = context;
    this.#options = options;
  }

  /** @throws LedgersError INVALID_ENDPOINT */
  async on(network: Network): Promise<XrplLedger> {
    const open = this.#open.get(network);
    if (open !== undefined) return open;
    const { endpoints } = await networkFacts(this.#context, network, this.#options);
    const ledger = createXrplLedger({ endpoints, networkId: NETWORK_IDS[network], clock: this.#context.clock });
    this.#open.set(network, ledger);
    return ledger;
  }

  readonly handlers: LedgerHandlers = {
    'ledger.facts': async ({ network, address }) => accountFacts(await this.on(network), address),
    'ledger.submit': async ({ network, blob }) => {
      const ledger = await this.on(network);
      await ledger.submit(blob).catch((error: unknown) => {
        if (!isCoded(error) || !UNCERTAIN.has(error.code)) throw error;
      });
      return {};
    },
    'ledger.outcome': async ({ network, blob }) => {
      const ledger = await this.on(network);
      return outcomeOf(await ledger.awaitOutcome(blob, { waitMs: OUTCOME_WAIT_MS }));
    },
  };

  [Symbol.dispose](): void {
    for (const ledger of this.#open.values()) ledger.close();
  }
}

function outcomeOf(outcome: SubmissionOutcome) {
  switch (outcome.kind) {
    case 'validated':
      return { outcome: outcome.success ? ('validated' as const) : ('failed' as const), code: outcome.result };
    case 'expired':
      return { outcome: 'expired' as const, code: outcome.provisional?.result ?? null };
    default:
      return { outcome: 'pending' as const, code: outcome.provisional?.result ?? null };
  }
}
