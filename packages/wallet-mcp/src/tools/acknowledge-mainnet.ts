import { z } from 'zod';
import { MAINNET_ACK_HOURS } from '../limits.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { ASKS, defineTool } from '../tool.ts';

export const acknowledgeMainnet = defineTool({
  name: 'acknowledge_mainnet',
  title: 'Ask to use mainnet',
  description:
    'Asks a person to acknowledge that real money is used on mainnet. Until they have, and again when their word has expired, the signer signs nothing there.',
  annotations: ASKS,
  input: z.strictObject({ reason: z.string().min(1).max(500).optional() }),
  output: z.strictObject({
    status: z.literal('pending_approval'),
    valid_for_hours: z.int(),
    ...approvalFields,
  }),
  async run(args, call) {
    const { approval } = await call.signer.request('operator.ask', {
      kind: 'mainnet',
      network: 'mainnet',
      address: null,
      principal: call.principal,
      name: null,
      policy: null,
      reason: args.reason ?? null,
      force: false,
    });
    const shown = presentApproval(approval, call.clock.now());
    return { value: { status: 'pending_approval' as const, valid_for_hours: MAINNET_ACK_HOURS, ...shown } };
  },
});
