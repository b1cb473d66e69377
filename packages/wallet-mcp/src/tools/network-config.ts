import { NETWORK_IDS, NETWORKS } from '@wardmesh/wallet';
import { z } from 'zod';
import { mapParallel } from '../parallel.ts';
import { networkName } from '../schema/parts.ts';
import { defineTool } from '../tool.ts';

export const networkConfig = defineTool({
  name: 'network_config',
  title: 'Networks of this server',
  description:
    'Shows the networks, their endpoints and faucets, and whether they answer; with network, makes that one the default of this server for calls that name none. Endpoints are the operator’s to set: a server that lies about the ledger is an attack.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    network: networkName.optional().describe('The new default. Left out: nothing changes.'),
    probe: z.boolean().default(false).describe('Ask each network’s servers whether they answer.'),
  }),
  output: z.strictObject({
    status: z.enum(['configured', 'unchanged']),
    network: networkName,
    networks: z.array(
      z.strictObject({
        network: networkName,
        network_id: z.int(),
        endpoints: z.array(z.string()),
        faucet_url: z.string().nullable(),
        explorer_url: z.string().nullable(),
        needs_acknowledgement: z.boolean(),
        /** Null where it was not asked. */
        reachable: z.boolean().nullable(),
        ledger_index: z.int().nullable(),
        base_reserve_drops: z.string().nullable(),
        owner_reserve_drops: z.string().nullable(),
        base_fee_drops: z.string().nullable(),
      }),
    ),
  }),
  async run(args, call) {
    const { networks } = call;
    if (args.network !== undefined) networks.current = args.network;
    const shown = await mapParallel(NETWORKS, async (name) => {
      const info = args.probe
        ? await networks
            .ledger(name)
            .serverInfo()
            .catch(() => null)
        : null;
      return {
        network: name,
        network_id: NETWORK_IDS[name],
        endpoints: [...networks.endpoints(name)],
        faucet_url: networks.faucet(name)?.href ?? null,
        explorer_url: networks.explorer(name),
        needs_acknowledgement: name === 'mainnet',
        reachable: args.probe ? info !== null : null,
        ledger_index: info?.validated.index ?? null,
        base_reserve_drops: info?.reserveBase.toString() ?? null,
        owner_reserve_drops: info?.reserveIncrement.toString() ?? null,
        base_fee_drops: info?.baseFee.toString() ?? null,
      };
    });
    return {
      value: {
        status: args.network === undefined ? ('unchanged' as const) : ('configured' as const),
        network: networks.current,
        networks: shown,
      },
    };
  },
});
