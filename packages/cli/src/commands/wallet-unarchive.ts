import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { type PasswordOptions, password } from '../wallet/passwords.ts';
import { sending } from '../wallet/sending.ts';
import { withSigner } from '../wallet/signer.ts';

export async function walletUnarchive(
  context: Context,
  options: WalletOptions & PasswordOptions,
  name = '',
): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    using secret = await password(context, options, found.name);
    const { result } = await sending([secret], (parts) => signer.request('wallet.unarchive', refOf(found), parts));
    print(context, result.wallet, `${found.name} is active again`);
    return EXIT.ok;
  });
}
