import { z } from 'zod';
import { WalletMcpError } from '../error.ts';
import { network, walletAddress } from '../schema/parts.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { ASKS, defineTool } from '../tool.ts';
import { chooseWallet } from '../wallets.ts';

const REASONS = [
  'scheduled',
  'personnel_change',
  'suspected_compromise',
  'security_upgrade',
  'incident_response',
  'compliance',
  'other',
] as const;

export const walletRotate = defineTool({
  name: 'wallet_rotate',
  title: 'Ask for a new signing key',
  description:
    'Asks the operator to rotate a wallet’s regular key. It needs a password, so a person runs it with the command in next_step; the address stays the same and the old key ends when the new one is validated.',
  annotations: ASKS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    reason: z.enum(REASONS),
    reason_description: z.string().min(1).max(400).optional().describe('Needed for other and incident_response.'),
    create_backup: z.boolean().default(true),
    force: z.boolean().default(false).describe('Within 24 hours of the last rotation.'),
  }),
  output: z.strictObject({ status: z.literal('pending_approval'), ...approvalFields }),
  async run(args, call) {
    if ((args.reason === 'other' || args.reason === 'incident_response') && args.reason_description === undefined) {
      throw new WalletMcpError('VALIDATION_ERROR', `reason_description: needed where the reason is ${args.reason}`);
    }
    const { network: on, address } = await chooseWallet(call, args);
    const said = [args.reason, args.reason_description ?? '', args.create_backup ? '' : 'without backup'];
    const { approval } = await call.signer.request('operator.ask', {
      kind: 'rotation',
      network: on,
      address,
      principal: call.principal,
      name: null,
      policy: null,
      reason: said.filter((part) => part !== '').join(': '),
      force: args.force,
    });
    return { value: { status: 'pending_approval' as const, ...presentApproval(approval, call.clock.now()) } };
  },
});
