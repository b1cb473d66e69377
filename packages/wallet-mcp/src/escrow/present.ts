import type { Network } from '@wardmesh/wallet';
import { z } from 'zod';
import { networkName } from '../schema/parts.ts';
import { type FoundEscrow, stateOf, toIso } from './find.ts';

export const escrowFields = {
  owner: z.string(),
  /** Null where no server knows the transaction that made it any more. */
  sequence: z.int().nullable(),
  escrow_index: z.string(),
  network: networkName,
  destination: z.string(),
  destination_tag: z.int().nullable(),
  amount_drops: z.string().nullable(),
  finish_after: z.string().nullable(),
  cancel_after: z.string().nullable(),
  condition: z.string().nullable(),
  /** locked: neither yet. finishable: escrow_finish. cancelable: expired, only escrow_cancel. */
  state: z.enum(['locked', 'finishable', 'cancelable']),
  needs_fulfillment: z.boolean(),
  created_by: z.string().nullable(),
};

export function presentEscrow(escrow: FoundEscrow, sequence: number | null, network: Network, now: number) {
  return {
    owner: escrow.owner,
    sequence,
    escrow_index: escrow.index,
    network,
    destination: escrow.destination,
    destination_tag: escrow.destinationTag,
    amount_drops: typeof escrow.amount === 'string' ? escrow.amount : null,
    finish_after: toIso(escrow.finishAfter),
    cancel_after: toIso(escrow.cancelAfter),
    condition: escrow.condition,
    state: stateOf(escrow, now),
    needs_fulfillment: escrow.condition !== null,
    created_by: escrow.madeBy,
  };
}
