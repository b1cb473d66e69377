import { isCoded } from '@wardmesh/core';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { context, uint32 } from '../schema/parts.ts';
import type { EffectTransaction } from '../tool.ts';
import type { ChosenWallet } from '../wallets.ts';
import { effectOf, type SigningResult, sign, signingResult } from './sign.ts';
import { type SubmissionResult, submissionResult, submit } from './submit.ts';
import { readSigned } from './to-send.ts';

/** Inputs of the tools that build, sign and submit in one call. */
export const sendFields = {
  context,
  submit: z.boolean().default(true).describe('Submit it once it is signed. False gives the signed transaction only.'),
  timeout: z.int().min(5).max(60).default(30).describe('Seconds to wait for a validated ledger.'),
};
export const memo = z
  .string()
  .max(1_000)
  .optional()
  .describe('Plain text that everybody can read on the ledger for ever.');
export const tag = uint32.optional().describe('Destination tag; 0 is a tag.');

export const sendResult = z.strictObject({
  signing: signingResult,
  /** Null where it was not signed, or not to be submitted. */
  submission: submissionResult.nullable(),
  /** Why it could not be submitted. It is signed and counted: submit `signed_tx` again, do not sign another. */
  submission_error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});

interface Sent {
  readonly signing: SigningResult;
  readonly submission: SubmissionResult | null;
  readonly submission_error: { readonly code: string; readonly message: string } | null;
}

/** Signs a built transaction and sends it; what waits for a person is not sent. */
export async function send(
  call: Call,
  chosen: ChosenWallet,
  blob: string,
  args: { readonly context?: string | undefined; readonly submit: boolean; readonly timeout: number },
): Promise<{ sent: Sent; transaction?: EffectTransaction }> {
  const signing = await sign(call, chosen, { blob, context: args.context, complete: true });
  const effect = effectOf(chosen, signing);
  const sent = { signing, submission: null, submission_error: null };
  if (signing.status !== 'approved' || !args.submit) return { sent, ...effect };
  const options = { wait: true, timeout: args.timeout, failIfPending: false };
  try {
    const submission = await submit(call, chosen.network, readSigned(signing.signed_tx), options);
    return { sent: { ...sent, submission }, ...effect };
  } catch (error) {
    // An error would hide the signature, and with it the only way to look or to send again.
    if (!isCoded(error)) throw error;
    return { sent: { ...sent, submission_error: { code: error.code, message: error.message } }, ...effect };
  }
}
