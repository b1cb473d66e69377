import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { assertFree, backupPath } from '../wallet/backup-file.ts';
import { chooseAccount } from '../wallet/choose-account.ts';
import { checkName, freeName } from '../wallet/name.ts';
import { type EndpointOptions, networkOrHome } from '../wallet/networks.ts';
import { onboard } from '../wallet/onboard.ts';
import {
  assertApart,
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  firstPassword,
  type PasswordOptions,
} from '../wallet/passwords.ts';
import { policyText } from '../wallet/policy-text.ts';
import { acceptProposed } from '../wallet/proposed-policy.ts';
import { readSecret } from '../wallet/secret-source.ts';
import { sending } from '../wallet/sending.ts';
import { withLedgers } from '../wallet/signer.ts';
import { walletLines } from '../wallet/wallet-lines.ts';
import { readWish } from '../wallet/wish.ts';

interface Options extends PasswordOptions, BackupPasswordOptions, EndpointOptions {
  readonly network?: string;
  readonly name?: string;
  readonly algorithm?: string;
  readonly policy?: string;
  readonly acceptPolicy?: boolean;
  readonly request?: string;
  readonly backupFile?: string;
  readonly secretFile?: string;
  readonly secretFd?: string;
  readonly address?: string;
  readonly regularKeyOf?: string;
}

const ADDRESS = /^r[1-9A-HJ-NP-Za-km-z]{24,34}$/;

export async function walletImport(context: Context, options: Options): Promise<ExitCode> {
  assertDescriptors(options);
  // Before anything is read: an argument that is no address may be a secret in the wrong place.
  for (const option of ['address', 'regularKeyOf'] as const) {
    const given = options[option];
    if (given === undefined || ADDRESS.test(given)) continue;
    throw usage(
      `--${option === 'address' ? 'address' : 'regular-key-of'} takes an r-address`,
      'If it was a secret, it is now in the history of your shell: move the money away.',
    );
  }
  const { algorithm = null } = options;
  if (algorithm !== null && algorithm !== 'ed25519' && algorithm !== 'secp256k1') {
    throw usage('--algorithm takes ed25519 or secp256k1');
  }
  return withLedgers(context, options, async (signer, ledgers) => {
    const wish = options.request === undefined ? undefined : await readWish(context, signer, 'import', options.request);
    const network = wish?.network ?? (await networkOrHome(context, options.network));
    const name = options.name ?? wish?.name ?? (await freeName(signer, network));
    checkName(name);
    if (wish !== undefined && wish.policy !== null && options.policy === undefined) {
      await acceptProposed(context, network, wish.policy, options.acceptPolicy === true);
    }
    const policy = options.policy === undefined ? null : await policyText(context, options.policy, network);
    const path = backupPath(context, options.backupFile);
    if (path !== undefined) await assertFree(path);

    using secret = await readSecret(
      context,
      { what: 'secret', option: 'secret', file: options.secretFile, fd: options.secretFd },
      'Secret of the wallet (words, family seed or hex key; nothing is shown): ',
    );
    const { result } = await sending([secret], (parts) => signer.request('secret.inspect', { algorithm }, parts));
    const chosen = await chooseAccount(context, result.candidates, options.address);
    using password = await firstPassword(context, options, name);
    using backup = await backupPassword(context, options, true);
    assertApart(password, backup);
    const params = {
      network,
      name,
      algorithm: chosen.algorithm,
      confirmedAddress: chosen.address,
      regularKeyOf: options.regularKeyOf ?? null,
      policy,
      approvalId: wish?.approvalId ?? null,
    };
    const imported = await sending([password, secret], (parts) => signer.request('wallet.import', params, parts));
    const made = imported.result.wallet;
    note(context, `imported ${made.name}: ${made.address} on ${made.network}`);
    // An account that others use may need its master key: giving that up is a step of its own.
    const settings = { ...options, fund: false, secure: false };
    const done = await onboard(context, signer, ledgers, made, { password, backupPassword: backup }, settings, path);
    print(context, done, walletLines(done.wallet));
    return EXIT.ok;
  });
}
