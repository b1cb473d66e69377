import { z } from 'zod';
import { duration, isLoopback, line } from './scalars.ts';

const NETWORKS = ['local', 'testnet', 'devnet', 'mainnet'] as const;
const network = z.enum(NETWORKS, { error: `must be one of: ${NETWORKS.join(', ')}` });

/** A node's WebSocket address. Plain only on this machine: who stands between could tell a wallet what was never paid. */
const endpoint = line(2_048).refine(
  (text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
    return url.protocol === 'wss:' || (url.protocol === 'ws:' && isLoopback(url.hostname));
  },
  { error: 'must be a wss:// address without credentials, or ws:// to this machine' },
);

const localLedger = z.strictObject({
  port: z.int().min(0).max(65_535).prefault(7_450).describe('Port on 127.0.0.1; 0 takes any free one.'),
  closeEvery: duration('20ms', '60s')
    .prefault('3s')
    .describe('Pace of ledgers. Below 1s their clock, which counts whole seconds, runs ahead.'),
});

/** What `ward up` runs for wallets, and where `ward wallet` finds ledgers. Taken up at the next `ward up`. */
export const wallet = z
  .strictObject({
    network: network.prefault('testnet').describe('Network of `ward wallet` unless it is told one.'),
    local: z
      .union([z.literal(false), localLedger], { error: 'must be false or {port, closeEvery}' })
      .prefault(false)
      .describe('The ledger of network `local` that `ward up` runs beside the gateway. Its money is worth nothing.'),
    endpoints: z
      .partialRecord(network, z.array(endpoint).min(1).max(16))
      .prefault({})
      .describe('Nodes of each network, in the order they are asked; in the place of the public ones.'),
  })
  .describe('Wallets: with this section, or a server with `signer: true`, `ward up` runs the signer.');

export type WalletSettings = z.output<typeof wallet>;
