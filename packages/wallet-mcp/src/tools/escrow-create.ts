import { checkEscrowCreate, toRippleTime } from '@wardmesh/wallet';
import { z } from 'zod';
import { WalletMcpError } from '../error.ts';
import { closeTime, toIso } from '../escrow/find.ts';
import { destination, dropsText, hexText, instant, network, walletAddress, xrpText } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { buildBlob, memosOf, readAmount, tagOf } from '../transaction/build.ts';
import { memo, send, sendFields, sendResult, tag } from '../transaction/send.ts';
import { chooseWallet, readParty } from '../wallets.ts';

export const escrowCreate = defineTool({
  name: 'escrow_create',
  title: 'Lock XRP in an escrow',
  description:
    'Locks XRP for somebody until a time, a condition, or both: builds EscrowCreate, has it signed and submits it. Keep submission.escrow_reference: owner and sequence finish or cancel it. Times are compared with the ledger’s close time.',
  annotations: SPENDS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    destination,
    amount_xrp: xrpText.optional(),
    amount_drops: dropsText.optional(),
    finish_after: instant.optional().describe('Can be finished only after this time: ISO 8601 or Unix seconds.'),
    cancel_after: instant.optional().describe('Expires: after this time it can only be cancelled.'),
    condition: hexText.optional().describe('PREIMAGE-SHA-256 condition in hex, from generate_condition.'),
    destination_tag: tag,
    memo,
    ...sendFields,
  }),
  output: z.strictObject({
    ...sendResult.shape,
    escrow: z.strictObject({
      owner: z.string(),
      destination: z.string(),
      amount_drops: z.string(),
      finish_after: z.string().nullable(),
      cancel_after: z.string().nullable(),
      condition: z.string().nullable(),
    }),
  }),
  async run(args, call) {
    const amount = readAmount(args);
    const memos = memosOf(args.memo);
    const chosen = await chooseWallet(call, args);
    const party = readParty(args.destination, chosen.network, 'destination');
    const terms = {
      finishAfter: readInstant(args.finish_after),
      cancelAfter: readInstant(args.cancel_after),
      condition: args.condition?.toUpperCase() ?? null,
    };
    const checked = checkEscrowCreate(terms, await closeTime(call.networks.ledger(chosen.network)));
    if (!checked.ok) throw checked.error;
    const blob = buildBlob({
      TransactionType: 'EscrowCreate',
      Account: chosen.address,
      Destination: party.address,
      Amount: amount.toString(),
      ...(terms.finishAfter !== null && { FinishAfter: terms.finishAfter }),
      ...(terms.cancelAfter !== null && { CancelAfter: terms.cancelAfter }),
      ...(terms.condition !== null && { Condition: terms.condition }),
      ...tagOf(party.tag, args.destination_tag),
      ...memos,
    });
    const { sent, ...effect } = await send(call, chosen, blob, args);
    const escrow = {
      owner: chosen.address,
      destination: party.address,
      amount_drops: amount.toString(),
      finish_after: toIso(terms.finishAfter),
      cancel_after: toIso(terms.cancelAfter),
      condition: terms.condition,
    };
    return { value: { ...sent, escrow }, ...effect };
  },
});

function readInstant(given: string | number | undefined): number | null {
  if (given === undefined) return null;
  try {
    return toRippleTime(typeof given === 'number' ? given * 1_000 : Date.parse(given));
  } catch (cause) {
    throw new WalletMcpError('VALIDATION_ERROR', 'a time lies outside of what the ledger can write', { cause });
  }
}
