import { z } from 'zod';
import { destination, dropsText, network, walletAddress, xrpText } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { buildBlob, memosOf, readAmount, tagOf } from '../transaction/build.ts';
import { memo, send, sendFields, sendResult, tag } from '../transaction/send.ts';
import { chooseWallet, readParty } from '../wallets.ts';

export const walletPay = defineTool({
  name: 'wallet_pay',
  title: 'Pay XRP',
  description:
    'Pays XRP: builds the Payment, has it signed by the wallet’s policy and submits it. The same as wallet_sign and tx_submit, with the same limits. Read signing.status first; what waits for a person is not sent.',
  annotations: SPENDS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    destination,
    amount_xrp: xrpText.optional(),
    amount_drops: dropsText.optional(),
    destination_tag: tag,
    memo,
    ...sendFields,
  }),
  output: sendResult,
  async run(args, call) {
    const amount = readAmount(args);
    const memos = memosOf(args.memo);
    const chosen = await chooseWallet(call, args);
    const party = readParty(args.destination, chosen.network, 'destination');
    const blob = buildBlob({
      TransactionType: 'Payment',
      Account: chosen.address,
      Destination: party.address,
      Amount: amount.toString(),
      ...tagOf(party.tag, args.destination_tag),
      ...memos,
    });
    const { sent, ...effect } = await send(call, chosen, blob, args);
    return { value: sent, ...effect };
  },
});
