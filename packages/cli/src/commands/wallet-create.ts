import type { SignerClient, Wallet } from '@wardmesh/signer/client';
import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { assertFree, backupPath } from '../wallet/backup-file.ts';
import { pinFor, placeOf, warningsOf } from '../wallet/key-place.ts';
import { checkName, freeName } from '../wallet/name.ts';
import { type EndpointOptions, networkOrHome } from '../wallet/networks.ts';
import { type OnboardOptions, onboard } from '../wallet/onboard.ts';
import {
  assertApart,
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  firstPassword,
  type PasswordOptions,
  type PinOptions,
} from '../wallet/passwords.ts';
import { policyText } from '../wallet/policy-text.ts';
import { acceptProposed } from '../wallet/proposed-policy.ts';
import { sending } from '../wallet/sending.ts';
import { withLedgers } from '../wallet/signer.ts';
import { walletLines } from '../wallet/wallet-lines.ts';
import { readWish, type Wish } from '../wallet/wish.ts';
import { createdFromWords, parseWords, type WordsOptions } from '../wallet/words.ts';

interface Options
  extends PasswordOptions,
    BackupPasswordOptions,
    PinOptions,
    EndpointOptions,
    OnboardOptions,
    WordsOptions {
  readonly network?: string;
  readonly name?: string;
  readonly algorithm?: string;
  readonly policy?: string;
  readonly acceptPolicy?: boolean;
  readonly request?: string;
  readonly backupFile?: string;
  readonly service?: string;
  readonly provider?: string;
}

/** What is to be made, from the options or from what an agent asked for. */
interface Plan {
  readonly network: Network;
  readonly name: string;
  readonly algorithm: 'ed25519' | 'secp256k1' | null;
  readonly policy: string | null;
  readonly kind: 'agent' | 'service';
  readonly purpose: string | null;
  readonly approvalId: string | null;
  readonly provider: string | null;
}

export async function walletCreate(context: Context, options: Options): Promise<ExitCode> {
  assertDescriptors(options);
  const words = parseWords(context, options);
  if (words !== undefined && options.provider !== undefined) {
    throw usage('a wallet of words has its keys in the vault: leave --provider or --words out');
  }
  return withLedgers(context, options, async (signer, ledgers) => {
    const plan = await planOf(context, signer, options);
    const place = await placeOf(signer, options.provider);
    const path = backupPath(context, options.backupFile);
    if (path !== undefined) await assertFree(path);
    using password = await firstPassword(context, options, plan.name);
    using backup = await backupPassword(context, options, true);
    assertApart(password, backup);
    using pin = await pinFor(context, options, place, plan.name);
    const secrets = pin === undefined ? [password] : [password, pin];
    const made =
      words === undefined
        ? (await sending(secrets, (parts) => signer.request('wallet.create', plan, parts))).result.wallet
        : await createdFromWords(context, signer, plan, words, password);
    note(context, `made ${made.name}: ${made.address} on ${made.network}`);
    const done = await onboard(
      context,
      signer,
      ledgers,
      made,
      { password, backupPassword: backup, pin },
      options,
      path,
    );
    print(context, done, [...walletLines(done.wallet), '', ...usable(done.wallet), ...warningsOf(done.wallet)]);
    return done.problem === null ? EXIT.ok : EXIT.failed;
  });
}

async function planOf(context: Context, signer: SignerClient, options: Options): Promise<Plan> {
  const wish = options.request === undefined ? undefined : await wishOf(context, signer, options, options.request);
  const network = wish?.network ?? (await networkOrHome(context, options.network));
  const name = options.name ?? wish?.name ?? (await freeName(signer, network));
  checkName(name);
  if (wish !== undefined && wish.policy !== null && options.policy === undefined) {
    await acceptProposed(context, network, wish.policy, options.acceptPolicy === true);
  }
  return {
    network,
    name,
    algorithm: parseAlgorithm(options.algorithm),
    policy: options.policy === undefined ? null : await policyText(context, options.policy, network),
    kind: options.service === undefined ? 'agent' : 'service',
    purpose: options.service ?? null,
    approvalId: wish?.approvalId ?? null,
    provider: options.provider ?? null,
  };
}

async function wishOf(context: Context, signer: SignerClient, options: Options, id: string): Promise<Wish> {
  const wish = await readWish(context, signer, 'create', id);
  if (options.network !== undefined && options.network !== wish.network) {
    throw usage(`the request is for ${wish.network}, not ${options.network}`, 'Leave --network out.');
  }
  return wish;
}

function parseAlgorithm(text: string | undefined): Plan['algorithm'] {
  if (text === undefined || text === 'ed25519' || text === 'secp256k1') return text ?? null;
  throw usage('--algorithm takes ed25519 or secp256k1');
}

function usable(wallet: Wallet): string[] {
  const name = JSON.stringify(wallet.name);
  return wallet.unlocked
    ? [`Agents can use it now, within its policy: ward wallet limits ${name}`]
    : [`It is locked; agents can use it after: ward wallet unlock ${name}`];
}
