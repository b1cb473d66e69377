import { createXrplLedger, parseEndpoint, type XrplLedger, type XrplLedgerOptions } from '@wardmesh/ledgers';
import { NETWORK_IDS, NETWORKS, type Network } from '@wardmesh/wallet';
import { WalletMcpError } from '../error.ts';
import { MAX_ENDPOINTS } from '../limits.ts';

export type Endpoints = Readonly<Partial<Record<Network, readonly string[]>>>;

/** Public endpoints (ADR-010), the preferred one first; where there are two, both must agree before anything is final. */
export const DEFAULT_ENDPOINTS: Readonly<Record<Network, readonly string[]>> = {
  mainnet: ['wss://xrplcluster.com', 'wss://s1.ripple.com', 'wss://s2.ripple.com'],
  testnet: ['wss://s.altnet.rippletest.net:51233', 'wss://testnet.xrpl-labs.com'],
  devnet: ['wss://s.devnet.rippletest.net:51233'],
  local: ['ws://127.0.0.1:7450'],
};

const FAUCETS: Readonly<Partial<Record<Network, string>>> = {
  testnet: 'https://faucet.altnet.rippletest.net/accounts',
  devnet: 'https://faucet.devnet.rippletest.net/accounts',
};

const EXPLORERS: Readonly<Partial<Record<Network, string>>> = {
  mainnet: 'https://xrpscan.com',
  testnet: 'https://testnet.xrpl.org',
  devnet: 'https://devnet.xrpl.org',
};

/** The networks of one server: their endpoints, and a client of each that is made when first asked for. */
export class Networks {
  readonly #endpoints: Readonly<Record<Network, readonly string[]>>;
  readonly #options: Partial<XrplLedgerOptions>;
  readonly #clients = new Map<Network, XrplLedger>();
  /** The one that is meant where a call names none. */
  current: Network;

  /** @throws LedgersError INVALID_ENDPOINT */
  constructor(current: Network, endpoints: Endpoints = {}, options: Partial<XrplLedgerOptions> = {}) {
    this.current = current;
    this.#endpoints = { ...DEFAULT_ENDPOINTS, ...endpoints };
    this.#options = options;
    for (const network of NETWORKS) {
      const urls = this.#endpoints[network];
      if (urls.length > MAX_ENDPOINTS) throw new WalletMcpError('INVALID_OPTION', `too many endpoints of ${network}`);
      for (const url of urls) parseEndpoint(url);
    }
  }

  ledger(network: Network): XrplLedger {
    const known = this.#clients.get(network);
    if (known !== undefined) return known;
    const client = createXrplLedger({
      ...this.#options,
      endpoints: this.#endpoints[network],
      networkId: NETWORK_IDS[network],
    });
    this.#clients.set(network, client);
    return client;
  }

  /** Hosts only: a path or a query may hold somebody's access key. */
  endpoints(network: Network): readonly string[] {
    return this.#endpoints[network].map((url) => new URL(url).origin.replace(/^null$/, '') || new URL(url).host);
  }

  /** Where test money comes from; null on mainnet. The local ledger has its faucet at its own port. */
  faucet(network: Network): URL | null {
    const known = FAUCETS[network];
    if (known !== undefined) return new URL(known);
    const [first] = this.#endpoints[network];
    if (network !== 'local' || first === undefined) return null;
    const url = new URL('/accounts', first.replace(/^ws/, 'http'));
    return url;
  }

  explorer(network: Network): string | null {
    return EXPLORERS[network] ?? null;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
