import { z } from 'zod';
import { closeTime, findEscrow, toIso } from '../escrow/find.ts';
import { escrowFields, presentEscrow } from '../escrow/present.ts';
import { account, network, uint32 } from '../schema/parts.ts';
import { defineTool, READS } from '../tool.ts';
import { readAccount } from '../wallets.ts';

export const escrowStatus = defineTool({
  name: 'escrow_status',
  title: 'State of an escrow',
  description:
    'Whether an escrow is locked, can be finished, or has expired, by the close time of the last validated ledger. ESCROW_NOT_FOUND: it was finished or cancelled, or never was.',
  annotations: READS,
  input: z.strictObject({
    network,
    owner: account.describe('Account that created the escrow.'),
    sequence: uint32.describe('Sequence, or ticket, of its EscrowCreate.'),
  }),
  output: z.strictObject({ ...escrowFields, ledger_close_time: z.string() }),
  async run(args, call) {
    const on = args.network ?? call.networks.current;
    const ledger = call.networks.ledger(on);
    const owner = readAccount(args.owner, on, 'owner');
    const [escrow, now] = await Promise.all([findEscrow(ledger, owner, args.sequence), closeTime(ledger)]);
    return { value: { ...presentEscrow(escrow, args.sequence, on, now), ledger_close_time: toIso(now) ?? '' } };
  },
});
