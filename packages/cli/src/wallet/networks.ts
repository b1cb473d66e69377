import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';

const NAMES: readonly Network[] = ['local', 'testnet', 'devnet', 'mainnet'];

/** What the command line knows of a network: nodes in order of preference, and who gives test money away. */
export interface NetworkFacts {
  readonly endpoints: readonly string[];
  readonly faucet: string | undefined;
}

/** Port of the ledger that `ward up` runs. */
export const LOCAL_PORT = 7450;

/** Public nodes (ADR-010). Two where there are two: an outcome then counts only when both tell it. */
const DEFAULTS: Readonly<Record<Network, NetworkFacts>> = {
  mainnet: {
    endpoints: ['wss://xrplcluster.com', 'wss://s1.ripple.com', 'wss://s2.ripple.com'],
    faucet: undefined,
  },
  testnet: {
    endpoints: ['wss://s.altnet.rippletest.net:51233', 'wss://testnet.xrpl-labs.com'],
    faucet: 'https://faucet.altnet.rippletest.net/accounts',
  },
  devnet: {
    endpoints: ['wss://s.devnet.rippletest.net:51233'],
    faucet: 'https://faucet.devnet.rippletest.net/accounts',
  },
  local: {
    endpoints: [`ws://127.0.0.1:${LOCAL_PORT}`],
    faucet: `http://127.0.0.1:${LOCAL_PORT}/accounts`,
  },
};

export interface EndpointOptions {
  /** Nodes to ask in the place of the usual ones. */
  readonly endpoint?: readonly string[];
}

/** @throws CodedError USAGE for another word */
export function parseNetwork(text: string): Network {
  const found = NAMES.find((name) => name === text);
  if (found === undefined) throw usage(`--network takes one of: ${NAMES.join(', ')}`);
  return found;
}

/** Nodes of a network: those named on the command line, else those of the home, else the public ones. */
export async function networkFacts(
  context: Context,
  network: Network,
  options: EndpointOptions = {},
): Promise<NetworkFacts> {
  const { homeEndpoints } = await import('./home-endpoints.ts');
  const named = options.endpoint ?? [];
  const endpoints = named.length > 0 ? named : await homeEndpoints(context, network);
  if (endpoints.length === 0) return DEFAULTS[network];
  return { endpoints, faucet: network === 'local' ? faucetBeside(endpoints[0]!) : DEFAULTS[network].faucet };
}

/** The local ledger gives money away on the port of its node. */
function faucetBeside(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null) return undefined;
  return `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}/accounts`;
}
