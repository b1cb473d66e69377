import { WalletError } from '@wardmesh/wallet';
import { z } from 'zod';
import { closeTime, findEscrow, stateOf } from '../escrow/find.ts';
import { account, network, uint32, walletAddress } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { buildBlob } from '../transaction/build.ts';
import { send, sendFields, sendResult } from '../transaction/send.ts';
import { chooseWallet, readAccount } from '../wallets.ts';

export const escrowCancel = defineTool({
  name: 'escrow_cancel',
  title: 'Cancel an expired escrow',
  description: 'Gives an escrow that has expired back to its owner.',
  annotations: SPENDS,
  input: z.strictObject({
    wallet_address: walletAddress.describe('The wallet that submits it and pays the fee; anybody’s may.'),
    network,
    owner: account.optional().describe('Account that created the escrow; wallet_address where left out.'),
    sequence: uint32.describe('Sequence, or ticket, of its EscrowCreate.'),
    ...sendFields,
  }),
  output: sendResult,
  async run(args, call) {
    const chosen = await chooseWallet(call, args);
    const owner = args.owner === undefined ? chosen.address : readAccount(args.owner, chosen.network, 'owner');
    const ledger = call.networks.ledger(chosen.network);
    const escrow = await findEscrow(ledger, owner, args.sequence);
    if (stateOf(escrow, await closeTime(ledger)) !== 'cancelable') {
      throw new WalletError('INVALID_ESCROW', 'CancelAfter has not passed, or there is none');
    }
    const blob = buildBlob({
      TransactionType: 'EscrowCancel',
      Account: chosen.address,
      Owner: owner,
      OfferSequence: args.sequence,
    });
    const { sent, ...effect } = await send(call, chosen, blob, args);
    return { value: sent, ...effect };
  },
});
