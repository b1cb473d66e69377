import { isCoded } from '@wardmesh/core';
import type { LedgerFacts } from '@wardmesh/signer/client';
import { decodeUnsigned } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { readInput } from '../read-input.ts';
import { accountFacts } from './account-facts.ts';
import { decisionLines } from './decision-lines.ts';
import { findWallet, refOf, type WalletOptions } from './find.ts';
import type { EndpointOptions } from './networks.ts';
import { withLedgers } from './signer.ts';

export interface ExplainOptions extends WalletOptions, EndpointOptions {
  readonly blob: string;
  readonly wallet: string;
  readonly as: string;
}

/** How the wallet's policy would decide a blob now. It counts nothing and signs nothing. */
export async function explainBlob(context: Context, options: ExplainOptions): Promise<ExitCode> {
  const blob = await blobOf(context, options.blob);
  const decoded = decodeUnsigned(blob);
  if (!decoded.ok) throw cliError('INPUT_INVALID', `the blob is no unsigned transaction: ${decoded.error.message}`);
  return withLedgers(context, options, async (signer, ledgers) => {
    const found = await findWallet(signer, options.wallet, options);
    const check = async (facts: LedgerFacts | null) =>
      signer.request('sign.check', { ...refOf(found), principal: options.as, blob, facts, context: null });
    // The ledger is asked only where the signer cannot tell without it: what is open, or when it ends.
    const { result } = await check(null).catch(async (error: unknown) => {
      if (!isCoded(error, 'LEDGER_FACTS_MISSING')) throw error;
      return check((await accountFacts(await ledgers.on(found.network), found.address)).facts);
    });
    print(context, result, decisionLines(result.decision, context.clock.now()));
    return result.decision.tier === 4 ? EXIT.denied : EXIT.ok;
  });
}

/** Hex on the command line, or the file that holds it; `-` is stdin. @throws CodedError USAGE */
export async function blobOf(context: Context, given: string): Promise<string> {
  if (/^[0-9a-fA-F]{20,}$/.test(given)) return given.toUpperCase();
  let text: string;
  try {
    text = await readInput(context, given);
  } catch (cause) {
    if (!isCoded(cause, 'FILE_UNREADABLE')) throw cause;
    throw usage('--blob takes hex, or a file that holds it');
  }
  const hex = text.trim();
  if (/^[0-9a-fA-F]{20,}$/.test(hex)) return hex.toUpperCase();
  throw usage('--blob takes hex, or a file that holds it');
}
