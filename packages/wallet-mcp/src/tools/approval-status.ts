import { toTimestamp } from '@wardmesh/core';
import type { SignerApproval } from '@wardmesh/signer/client';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { ledgerFacts } from '../ledger/facts.ts';
import { approvalId, timestamp } from '../schema/parts.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { defineTool, SPENDS } from '../tool.ts';

export const approvalStatus = defineTool({
  name: 'approval_status',
  title: 'State of a parked request',
  description:
    'How a request that waits for a delay or for people stands. One that is ready is released now: the policy is asked again and the transaction signed, and signed_tx is for tx_submit.',
  annotations: { ...SPENDS, idempotentHint: true },
  input: z.strictObject({ approval_id: approvalId }),
  output: z.strictObject({
    ...approvalFields,
    signed_tx: z.string().nullable(),
    tx_hash: z.string().nullable(),
    last_ledger_sequence: z.int().nullable(),
    signed_at: timestamp.nullable(),
  }),
  async run(args, call) {
    const approval = await release(call, args.approval_id);
    const { signed, network } = approval;
    return {
      value: {
        ...presentApproval(approval, call.clock.now()),
        signed_tx: signed?.signedTx ?? null,
        tx_hash: signed?.hash ?? null,
        last_ledger_sequence: signed?.lastLedgerSequence ?? null,
        signed_at: signed === null ? null : toTimestamp(signed.signedAt),
      },
      ...(signed !== null && { transaction: { network, hash: signed.hash } }),
    };
  },
});

/** Looks; and where it is ready to be signed, asks again with what completes it. */
async function release(call: Call, id: string): Promise<SignerApproval> {
  const { approval } = await call.signer.request('approval.status', { approvalId: id, facts: null });
  const { kind, status, network, address } = approval;
  if (kind !== 'sign' || status !== 'ready' || address === null) return approval;
  const facts = await ledgerFacts(call.networks.ledger(network), address);
  return (await call.signer.request('approval.status', { approvalId: id, facts })).approval;
}
