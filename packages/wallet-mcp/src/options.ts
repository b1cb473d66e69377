import { parseArgs } from 'node:util';
import type { Network } from '@wardmesh/wallet';
import { WalletMcpError } from './error.ts';
import { isNetwork } from './ledger/network-name.ts';
import type { WalletServerOptions } from './run.ts';

export const HELP = `Usage: wallet-mcp --signer SOCKET [options]

The MCP server "wallet" over standard input and output. It holds no key: it asks the signer at SOCKET.

  --signer SOCKET          the signer's agent.sock (or WARD_SIGNER_SOCKET)
  --network NAME           local, testnet, devnet or mainnet: for calls that name none (default testnet)
  --endpoint NETWORK=URL   a ledger server of a network in place of the public ones: wss://, or ws:// to this
                           machine; may be given several times
  --submit-any             let tx_submit send transactions that this wallet did not sign
  --help                   show this

Behind a proxy: HTTPS_PROXY or HTTP_PROXY, and NO_PROXY.

As a server of an MCP client:
  { "mcpServers": { "wallet": { "command": "npx", "args": ["wardmesh", "wallet-mcp", "--network", "testnet"] } } }
`;

export type Settings =
  | { readonly help: true }
  | ({ readonly help: false } & Pick<WalletServerOptions, 'endpoints'> & {
        readonly signer: string;
        readonly network: Network;
        readonly submitAny: boolean;
      });

/** Reads flags and environment. @throws WalletMcpError INVALID_OPTION */
export function parseOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Settings {
  const values = parseFlags(args);
  if (values.help === true) return { help: true };
  const signer = values.signer ?? env.WARD_SIGNER_SOCKET;
  if (signer === undefined || signer === '') {
    throw new WalletMcpError('INVALID_OPTION', 'no signer is named', {
      hint: 'Start one with `ward up`, then pass --signer SOCKET or set WARD_SIGNER_SOCKET.',
    });
  }
  const network = values.network ?? 'testnet';
  if (!isNetwork(network)) throw new WalletMcpError('INVALID_OPTION', '--network is local, testnet, devnet or mainnet');
  return {
    help: false,
    signer,
    network,
    endpoints: readEndpoints(values.endpoint ?? []),
    submitAny: values['submit-any'] === true,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        signer: { type: 'string' },
        network: { type: 'string' },
        endpoint: { type: 'string', multiple: true },
        'submit-any': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new WalletMcpError('INVALID_OPTION', 'an option is not known or lacks its value', {
      hint: 'wallet-mcp --help shows them.',
      cause,
    });
  }
}

function readEndpoints(given: readonly string[]): Partial<Record<Network, readonly string[]>> {
  const endpoints: Partial<Record<Network, readonly string[]>> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    const network = text.slice(0, Math.max(0, at));
    if (!isNetwork(network)) throw new WalletMcpError('INVALID_OPTION', '--endpoint is NETWORK=URL');
    endpoints[network] = [...(endpoints[network] ?? []), text.slice(at + 1)];
  }
  return endpoints;
}
