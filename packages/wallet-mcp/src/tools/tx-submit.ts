import { z } from 'zod';
import { blob, network } from '../schema/parts.ts';
import { defineTool, SPENDS } from '../tool.ts';
import { submissionResult, submit } from '../transaction/submit.ts';
import { checkSignedHere, readSigned } from '../transaction/to-send.ts';

export const txSubmit = defineTool({
  name: 'tx_submit',
  title: 'Submit a signed transaction',
  description:
    'Sends a transaction that this wallet signed and waits for a validated ledger. Only result.final says how it ended: pending or submitted may still be applied, so submit the same signed_tx again instead of signing another. Sending the same bytes twice is safe.',
  annotations: { ...SPENDS, idempotentHint: true },
  input: z.strictObject({
    signed_tx: blob.describe('Hex of the signed transaction.'),
    network,
    wait_for_validation: z.boolean().default(true),
    timeout: z.int().min(5).max(60).default(30).describe('Seconds to wait.'),
    fail_if_pending: z.boolean().default(false).describe('An error where it is not decided in time.'),
  }),
  output: submissionResult,
  async run(args, call) {
    const on = args.network ?? call.networks.current;
    const signed = readSigned(args.signed_tx);
    await checkSignedHere(call, on, signed);
    const value = await submit(call, on, signed, {
      wait: args.wait_for_validation,
      timeout: args.timeout,
      failIfPending: args.fail_if_pending,
    });
    return { value, transaction: { network: on, hash: signed.hash } };
  },
});
