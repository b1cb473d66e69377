import { checkEscrowFinish, escrowFinishFee } from '@wardmesh/wallet';
import { z } from 'zod';
import { closeTime, findEscrow } from '../escrow/find.ts';
import { account, hexText, network, uint32, walletAddress } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { buildBlob } from '../transaction/build.ts';
import { send, sendFields, sendResult } from '../transaction/send.ts';
import { chooseWallet, readAccount } from '../wallets.ts';

export const escrowFinish = defineTool({
  name: 'escrow_finish',
  title: 'Release an escrow',
  description:
    'Pays an escrow out to its destination, once its time has come and with its fulfilment where it has a condition. Checked against the ledger’s close time before anything is signed.',
  annotations: SPENDS,
  input: z.strictObject({
    wallet_address: walletAddress.describe('The wallet that submits it and pays the fee; anybody’s may.'),
    network,
    owner: account.describe('Account that created the escrow.'),
    sequence: uint32.describe('Sequence, or ticket, of its EscrowCreate.'),
    condition: hexText.optional().describe('Read from the ledger where left out.'),
    fulfillment: hexText.optional(),
    ...sendFields,
  }),
  output: sendResult,
  async run(args, call) {
    const chosen = await chooseWallet(call, args);
    const owner = readAccount(args.owner, chosen.network, 'owner');
    const ledger = call.networks.ledger(chosen.network);
    const escrow = await findEscrow(ledger, owner, args.sequence);
    const fulfillment = args.fulfillment?.toUpperCase() ?? null;
    const terms = { ...escrow, condition: args.condition?.toUpperCase() ?? escrow.condition };
    const checked = checkEscrowFinish(terms, fulfillment, await closeTime(ledger));
    if (!checked.ok) throw checked.error;
    const blob = buildBlob({
      TransactionType: 'EscrowFinish',
      Account: chosen.address,
      Owner: owner,
      OfferSequence: args.sequence,
      ...(fulfillment !== null && { Condition: terms.condition, Fulfillment: fulfillment }),
      // A fulfilment costs more than the base fee, which the signer would fill in.
      ...(fulfillment !== null && { Fee: escrowFinishFee((await ledger.fee()).baseFee, fulfillment).toString() }),
    });
    const { sent, ...effect } = await send(call, chosen, blob, args);
    return { value: sent, ...effect };
  },
});
