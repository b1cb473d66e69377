import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';

const NAMES: readonly Network[] = ['local', 'testnet', 'devnet', 'mainnet'];

/** What the command line knows of a network: nodes in order of preference, and who gives test money away. */
export interface NetworkFacts {
  readonly endpoints: readonly string[];
  readonly faucet: string | undefined;
}

const FAUCETS: Readonly<Partial<Record<Network, string>>> = {
  testnet: 'https://faucet.altnet.rippletest.net/accounts',
  devnet: 'https://faucet.devnet.rippletest.net/accounts',
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

/** Nodes of a network: those named on the command line, else those of the home, else the public ones (two, where there are two). */
export async function networkFacts(
  context: Context,
  network: Network,
  options: EndpointOptions = {},
): Promise<NetworkFacts> {
  const endpoints = await endpointsOf(context, network, options.endpoint ?? []);
  return { endpoints, faucet: network === 'local' ? faucetBeside(endpoints[0]) : FAUCETS[network] };
}

async function endpointsOf(context: Context, network: Network, named: readonly string[]): Promise<readonly string[]> {
  if (named.length > 0) return named;
  const { homeEndpoints } = await import('./home-wallet.ts');
  const ofHome = await homeEndpoints(context, network);
  if (ofHome.length > 0) return ofHome;
  // The wallet server's list: the operator and the agent ask the same nodes.
  const { DEFAULT_ENDPOINTS } = await import('@wardmesh/wallet-mcp');
  return DEFAULT_ENDPOINTS[network];
}

/** The local ledger gives money away on the port of its node. */
function faucetBeside(endpoint = ''): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null) return undefined;
  return `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}/accounts`;
}

/** The network that a wallet is made on: the one named, else the home's (testnet, unless ward.yaml says otherwise). */
export async function networkOrHome(context: Context, named: string | undefined): Promise<Network> {
  if (named !== undefined) return parseNetwork(named);
  const { homeNetwork } = await import('./home-wallet.ts');
  return homeNetwork(context);
}
