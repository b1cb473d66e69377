import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { accountFacts } from '../wallet/account-facts.ts';
import { backupPath, usualPath } from '../wallet/backup-file.ts';
import { findWallet, type WalletOptions } from '../wallet/find.ts';
import { pinFor, regularPlace, warningsOf } from '../wallet/key-place.ts';
import type { EndpointOptions } from '../wallet/networks.ts';
import { secure, unlock } from '../wallet/onboard.ts';
import {
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  type PasswordOptions,
  type PinOptions,
  password,
} from '../wallet/passwords.ts';
import { withLedgers } from '../wallet/signer.ts';

interface Options extends WalletOptions, PasswordOptions, BackupPasswordOptions, PinOptions, EndpointOptions {
  readonly backupFile?: string;
}

export async function walletSecure(context: Context, options: Options, name = ''): Promise<ExitCode> {
  assertDescriptors(options);
  return withLedgers(context, options, async (signer, ledgers) => {
    const found = await findWallet(signer, name, options);
    const backup = backupPath(context, options.backupFile) ?? usualPath(context, found);
    // Said here, where the reader can act on it: the signer only learns that the ledger did not answer.
    await accountFacts(await ledgers.on(found.network), found.address);
    using secret = await password(context, options, found.name);
    using apart = await backupPassword(context, options, false);
    using pin = await pinFor(context, options, regularPlace(found), found.name);
    const secrets = { password: secret, backupPassword: apart, pin };
    const done = await secure(signer, found, secrets, backup);
    const wallet = await unlock(signer, done.wallet, secrets);
    print(context, { wallet, steps: done.steps }, [
      ...done.steps,
      `${wallet.name} signs with its regular key; the master key is off on ${wallet.network} and only in the backup`,
      ...warningsOf(wallet),
    ]);
    return EXIT.ok;
  });
}
