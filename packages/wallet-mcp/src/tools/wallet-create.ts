import { z } from 'zod';
import { account, dropsText, network, walletName } from '../schema/parts.ts';
import { approvalFields, presentApproval } from '../schema/present.ts';
import { ASKS, defineTool } from '../tool.ts';
import { readAmount } from '../transaction/build.ts';
import { readAccount } from '../wallets.ts';
import { policyText } from './policy-text.ts';

export const walletCreate = defineTool({
  name: 'wallet_create',
  title: 'Ask for a new wallet',
  description:
    'Asks the operator for a new XRP Ledger wallet. Keys are made where no model reaches them, so a person finishes it with the command in next_step; poll approval_status, then find it with wallet_list. Nothing exists before.',
  annotations: ASKS,
  input: z.strictObject({
    network,
    policy: policyText.optional().describe('Limits you propose, as JSON. Left out: the network’s preset.'),
    wallet_name: walletName.optional(),
    funding_source: account.optional().describe('Account that could fund it; the operator is told.'),
    initial_funding_drops: dropsText.optional().describe('How much it should start with, drops; the operator is told.'),
  }),
  output: z.strictObject({ status: z.literal('pending_approval'), ...approvalFields }),
  async run(args, call) {
    const on = args.network ?? call.networks.current;
    const source = args.funding_source === undefined ? null : readAccount(args.funding_source, on, 'funding_source');
    const amount =
      args.initial_funding_drops === undefined ? null : readAmount({ amount_drops: args.initial_funding_drops });
    const wishes = [source === null ? '' : `fund from ${source}`, amount === null ? '' : `start with ${amount} drops`];
    const reason = wishes.filter((wish) => wish !== '').join('; ');
    const { approval } = await call.signer.request('operator.ask', {
      kind: 'create',
      network: on,
      address: null,
      principal: call.principal,
      name: args.wallet_name ?? null,
      policy: args.policy ?? null,
      reason: reason === '' ? null : reason,
      force: false,
    });
    return { value: { status: 'pending_approval' as const, ...presentApproval(approval, call.clock.now()) } };
  },
});
