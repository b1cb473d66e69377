import { isCoded, redactText } from '@wardmesh/core';
import type { SignerProcess } from '@wardmesh/signer';
import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { homeEndpoints } from '../wallet/home-wallet.ts';
import { networkOrHome, parseNetwork } from '../wallet/networks.ts';

interface Options {
  readonly network?: string;
  /** NETWORK=URL */
  readonly endpoint?: readonly string[];
  readonly submitAny?: boolean;
}

const NETWORKS: readonly Network[] = ['local', 'testnet', 'devnet', 'mainnet'];

/**
 * The wallet server alone, over standard input and output, with the signer of the home: the one that runs, else one of
 * its own that ends with it. Standard output carries protocol messages only.
 */
export async function walletMcp(context: Context, options: Options): Promise<ExitCode> {
  const network = await networkOrHome(context, options.network);
  const endpoints = await endpointsOf(context, options.endpoint ?? []);
  // Whatever a library prints must not stand between two messages (W17).
  console.log = console.info = console.debug = console.error;
  const { runWalletServer } = await import('@wardmesh/wallet-mcp');
  const signer = await signerOf(context);
  try {
    const server = runWalletServer({
      signer: homePaths(context.home).signerAgentSocket,
      network,
      endpoints,
      submitAny: options.submitAny === true,
      clock: context.clock,
      random: context.random,
    });
    const stop = (): void => void server.close();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    await server.closed;
    process.off('SIGINT', stop).off('SIGTERM', stop);
    return EXIT.ok;
  } finally {
    await signer?.stop();
  }
}

/** A signer of our own where none runs. @throws CodedError SIGNER_*, SANDBOX_* where it cannot be contained */
async function signerOf(context: Context): Promise<SignerProcess | undefined> {
  const { SignerClient } = await import('@wardmesh/signer/client');
  try {
    const running = await SignerClient.connect({ socket: homePaths(context.home).signerOperatorSocket });
    await running.close();
    return undefined;
  } catch (error) {
    if (!isCoded(error, 'SIGNER_NOT_RUNNING')) throw error;
  }
  const { startSigner } = await import('@wardmesh/signer');
  return startSigner({
    home: context.home,
    clock: context.clock,
    random: context.random,
    log: (line) => void context.stderr.write(`${redactText(JSON.stringify(line))}\n`),
  });
}

async function endpointsOf(
  context: Context,
  given: readonly string[],
): Promise<Partial<Record<Network, readonly string[]>>> {
  const endpoints: Partial<Record<Network, readonly string[]>> = {};
  for (const network of NETWORKS) {
    const ofHome = await homeEndpoints(context, network);
    if (ofHome.length > 0) endpoints[network] = ofHome;
  }
  const named = new Map<Network, string[]>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw usage('--endpoint takes NETWORK=URL', 'Such as local=ws://127.0.0.1:7450.');
    const network = parseNetwork(text.slice(0, at));
    named.set(network, [...(named.get(network) ?? []), text.slice(at + 1)]);
  }
  return { ...endpoints, ...Object.fromEntries(named) };
}
