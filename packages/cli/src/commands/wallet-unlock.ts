import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { pinFor, signingPlace } from '../wallet/key-place.ts';
import { type PasswordOptions, type PinOptions, password } from '../wallet/passwords.ts';
import { sending } from '../wallet/sending.ts';
import { withSigner } from '../wallet/signer.ts';

export async function walletUnlock(
  context: Context,
  options: WalletOptions & PasswordOptions & PinOptions,
  name = '',
): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const place = signingPlace(found);
    using secret =
      place === 'vault'
        ? await password(context, options, found.name)
        : await pinFor(context, options, place, found.name);
    const { result } = await sending(secret === undefined ? [] : [secret], (parts) =>
      signer.request('wallet.unlock', refOf(found), parts),
    );
    print(context, result.wallet, `unlocked ${found.name}: it locks itself after 30 idle minutes or 8 hours`);
    return EXIT.ok;
  });
}
