import { toTimestamp } from '@wardmesh/core';
import { z } from 'zod';
import { approvalId, network, timestamp, walletAddress } from '../schema/parts.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { chooseWallet } from '../wallets.ts';
import { policyText } from './policy-text.ts';

const changed = {
  previous_policy_id: z.string(),
  previous_policy_version: z.string(),
  previous_policy_hash: z.string(),
  new_policy_id: z.string(),
  new_policy_version: z.string(),
  new_policy_hash: z.string(),
  changes: z.array(z.record(z.string(), z.unknown())),
};

export const policySet = defineTool({
  name: 'policy_set',
  title: 'Change a wallet’s policy',
  description:
    'Changes the limits of a wallet. What tightens applies at once; what loosens anything waits until people approve exactly that change, and you cannot. The version must rise as the change asks.',
  annotations: { ...SPENDS, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    policy: policyText.describe(
      'The whole policy in any of the three formats, or with mode merge the members that change.',
    ),
    mode: z
      .enum(['merge', 'replace'])
      .default('merge')
      .describe('merge: RFC 7396, arrays replaced whole, null unsets. replace: the policy as given.'),
    reason: z.string().min(10).max(500),
    approval_id: approvalId.optional().describe('Of a change that people have approved since.'),
  }),
  output: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('applied'), ...changed, applied_at: timestamp }),
    z.strictObject({ status: z.literal('pending_approval'), ...changed, ...approvalFields }),
  ]),
  async run(args, call) {
    const { network: on, address } = await chooseWallet(call, args);
    const outcome = await call.signer.request('policy.propose', {
      network: on,
      address,
      principal: call.principal,
      policy: args.policy,
      mode: args.mode,
      reason: args.reason,
      approvalId: args.approval_id ?? null,
    });
    const next = outcome.status === 'applied' ? outcome.current : outcome.proposed;
    const change = {
      previous_policy_id: outcome.previous.id,
      previous_policy_version: outcome.previous.version,
      previous_policy_hash: outcome.previous.hash,
      new_policy_id: next.id,
      new_policy_version: next.version,
      new_policy_hash: next.hash,
      changes: outcome.changes,
    };
    return outcome.status === 'applied'
      ? { value: { status: 'applied' as const, ...change, applied_at: toTimestamp(outcome.appliedAt) } }
      : {
          value: {
            status: 'pending_approval' as const,
            ...change,
            ...presentApproval(outcome.approval, call.clock.now()),
          },
        };
  },
});
