import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import {
  assertDescriptors,
  type NewPasswordOptions,
  newPassword,
  type PasswordOptions,
  password,
} from '../wallet/passwords.ts';
import { sending } from '../wallet/sending.ts';
import { withSigner } from '../wallet/signer.ts';

type Options = WalletOptions & PasswordOptions & NewPasswordOptions;

export async function walletPassword(context: Context, options: Options, name = ''): Promise<ExitCode> {
  assertDescriptors(options);
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    using current = await password(context, options, found.name);
    using next = await newPassword(context, options, found.name);
    const { result } = await sending([current, next], (parts) =>
      signer.request('wallet.password', refOf(found), parts),
    );
    print(context, result.wallet, [
      `the password of ${found.name} is changed`,
      'Backups keep the password that each was made with.',
    ]);
    return EXIT.ok;
  });
}
