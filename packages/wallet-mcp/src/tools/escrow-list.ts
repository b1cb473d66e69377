import { z } from 'zod';
import { closeTime, readEscrow, sequenceOf, toIso } from '../escrow/find.ts';
import { escrowFields, presentEscrow } from '../escrow/present.ts';
import { mapParallel } from '../parallel.ts';
import { network, walletAddress } from '../schema/parts.ts';
import { defineTool, READS } from '../tool.ts';
import { chooseWallet } from '../wallets.ts';

const PAGE = 100;

export const escrowList = defineTool({
  name: 'escrow_list',
  title: 'Escrows of a wallet',
  description:
    'Escrows that a wallet has created or that are for it, as the last validated ledger holds them: the ledger itself is the register, so none is forgotten.',
  annotations: READS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    role: z.enum(['all', 'owner', 'destination']).default('all'),
    state: z.enum(['locked', 'finishable', 'cancelable']).optional(),
    marker: z.string().max(512).optional().describe('From the previous page.'),
  }),
  output: z.strictObject({
    address: z.string(),
    escrows: z.array(z.strictObject(escrowFields)),
    ledger_close_time: z.string(),
    marker: z.string().nullable(),
    has_more: z.boolean(),
  }),
  async run(args, call) {
    const { network: on, address } = await chooseWallet(call, args);
    const ledger = call.networks.ledger(on);
    const [now, page] = await Promise.all([
      closeTime(ledger),
      ledger.accountObjects(address, {
        type: 'escrow',
        limit: PAGE,
        ...(args.marker !== undefined && { marker: args.marker }),
      }),
    ]);
    const found = page.rows
      .map(readEscrow)
      .filter(
        ({ owner, destination }) => args.role === 'all' || (args.role === 'owner' ? owner : destination) === address,
      );
    const escrows = await mapParallel(found, async (escrow) =>
      presentEscrow(escrow, await sequenceOf(ledger, escrow), on, now),
    );
    const marker = typeof page.marker === 'string' ? page.marker : null;
    return {
      value: {
        address,
        escrows: escrows.filter(({ state }) => args.state === undefined || state === args.state),
        ledger_close_time: toIso(now) ?? '',
        marker,
        has_more: page.marker !== undefined,
      },
    };
  },
});
