import { z } from 'zod';
import { account, network, walletName } from '../schema/parts.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { ASKS, defineTool } from '../tool.ts';
import { readAccount } from '../wallets.ts';

export const walletImport = defineTool({
  name: 'wallet_import',
  title: 'Ask for the import of a wallet',
  description:
    'Asks the operator to import an existing wallet. It takes no seed, mnemonic or key, and refuses what looks like one: a secret that has been in a conversation is exposed. The person gives it to the command in next_step on their own machine.',
  annotations: ASKS,
  input: z.strictObject({
    network,
    wallet_name: walletName.optional(),
    wallet_address: account.optional().describe('Address that the wallet is expected to have.'),
  }),
  output: z.strictObject({ status: z.literal('pending_approval'), ...approvalFields }),
  async run(args, call) {
    const on = args.network ?? call.networks.current;
    const { approval } = await call.signer.request('operator.ask', {
      kind: 'import',
      network: on,
      address: args.wallet_address === undefined ? null : readAccount(args.wallet_address, on),
      principal: call.principal,
      name: args.wallet_name ?? null,
      policy: null,
      reason: null,
      force: false,
    });
    return { value: { status: 'pending_approval' as const, ...presentApproval(approval, call.clock.now()) } };
  },
});
