import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { facts } from '../output/table.ts';
import { leftLines } from '../wallet/decision-lines.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { withSigner } from '../wallet/signer.ts';
import { xrp } from '../wallet/wallet-lines.ts';

export async function walletLimits(context: Context, options: WalletOptions, name = ''): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const { result } = await signer.request('limits.get', refOf(found));
    print(context, result, [
      ...facts([
        ['spent today', `${xrp(result.spentToday)} of ${xrp(result.dailyVolume)}`],
        ['this hour', `${result.hourCount} of ${result.perHour} transactions`],
        ['this day', `${result.dayCount} of ${result.perDay} transactions`],
      ]),
      'left',
      ...leftLines(result.left, context.clock.now()).map((line) => `  ${line}`),
    ]);
    return EXIT.ok;
  });
}
