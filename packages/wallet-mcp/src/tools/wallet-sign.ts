import { z } from 'zod';
import { approvalId, blob, context, network, walletAddress } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { effectOf, sign, signingResult } from '../transaction/sign.ts';
import { chooseWallet } from '../wallets.ts';

export const walletSign = defineTool({
  name: 'wallet_sign',
  title: 'Sign a transaction',
  description:
    'Has an unsigned transaction signed if the wallet’s policy allows it. The answer is approved (with signed_tx for tx_submit), pending_approval (poll approval_status), or rejected with the rule. Leave Sequence, Fee, LastLedgerSequence and NetworkID out of the blob: they are filled in; what you give is kept, and a ticketed transaction keeps Sequence 0. wallet_pay is simpler for payments.',
  annotations: SPENDS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    unsigned_tx: blob.describe('Hex of the unsigned transaction.'),
    context,
    auto_sequence: z
      .boolean()
      .default(true)
      .describe('Fill in what the blob leaves open from the ledger. False signs the blob as it is.'),
    approval_id: approvalId.optional().describe('Release of a parked request: the same blob with the id it was given.'),
  }),
  output: signingResult,
  async run(args, call) {
    const chosen = await chooseWallet(call, args);
    const value = await sign(call, chosen, {
      blob: args.unsigned_tx,
      context: args.context,
      approvalId: args.approval_id,
      complete: args.auto_sequence,
    });
    return { value, ...effectOf(chosen, value) };
  },
});
