import type { MethodParams, MethodResult, Wallet } from '@wardmesh/signer/client';
import type { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { facts } from '../output/table.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { pinFor, signingPlace } from '../wallet/key-place.ts';
import type { EndpointOptions } from '../wallet/networks.ts';
import {
  assertApart,
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  type PasswordOptions,
  type PinOptions,
  password,
} from '../wallet/passwords.ts';
import { sending } from '../wallet/sending.ts';
import { withLedgers } from '../wallet/signer.ts';
import { readWish } from '../wallet/wish.ts';

interface Options extends WalletOptions, PasswordOptions, BackupPasswordOptions, PinOptions, EndpointOptions {
  readonly reason: string;
  readonly description?: string;
  readonly force?: boolean;
  readonly request?: string;
  /** False after --no-backup. */
  readonly backup?: boolean;
}

type Reason = MethodParams<'wallet.rotate'>['reason'];
const REASONS: readonly Reason[] = [
  'scheduled',
  'personnel_change',
  'suspected_compromise',
  'security_upgrade',
  'incident_response',
  'compliance',
  'other',
];

export async function walletRotate(context: Context, options: Options, name?: string): Promise<ExitCode> {
  assertDescriptors(options);
  const reason = REASONS.find((each) => each === options.reason);
  if (reason === undefined) throw usage(`--reason takes one of: ${REASONS.join(', ')}`);
  if ((reason === 'other' || reason === 'incident_response') && !options.description) {
    throw usage(`--reason ${reason} needs --description TEXT`);
  }
  if (name === undefined && options.request === undefined) throw usage('name a wallet, or pass --request ID');
  return withLedgers(context, options, async (signer) => {
    const wish =
      options.request === undefined ? undefined : await readWish(context, signer, 'rotation', options.request);
    const network = options.network ?? wish?.network;
    const found = await findWallet(signer, name ?? wish?.address ?? '', network === undefined ? {} : { network });
    if (wish !== undefined && (wish.address !== found.address || wish.network !== found.network)) {
      throw usage('the request is for another wallet', 'Leave the name out: the request names it.');
    }
    using secrets = await secretsOf(context, options, found);
    const params = {
      ...refOf(found),
      reason,
      description: options.description ?? null,
      createBackup: options.backup !== false,
      force: options.force === true,
      approvalId: wish?.approvalId ?? null,
    };
    const { result } = await sending(secrets.all, (parts) => signer.request('wallet.rotate', params, parts));
    print(context, result, linesOf(found, result));
    return exitOf(result.status);
  });
}

/** Password and backup's password; where its keys are in a provider nothing is backed up: the PIN, or nothing. */
async function secretsOf(context: Context, options: Options, wallet: Wallet): Promise<Disposable & Secrets> {
  const place = signingPlace(wallet);
  if (place !== 'vault') {
    const pin = await pinFor(context, options, place, wallet.name);
    return held(pin === undefined ? [] : [pin]);
  }
  const secret = await password(context, options, wallet.name);
  try {
    const apart = await backupPassword(context, options, true);
    const secrets = held([secret, apart]);
    try {
      assertApart(secret, apart);
      return secrets;
    } catch (error) {
      apart.zero();
      throw error;
    }
  } catch (error) {
    secret.zero();
    throw error;
  }
}

interface Secrets {
  readonly all: readonly SecureBuffer[];
}

function held(all: readonly SecureBuffer[]): Disposable & Secrets {
  return {
    all,
    [Symbol.dispose]() {
      for (const secret of all) secret.zero();
    },
  };
}

type Result = MethodResult<'wallet.rotate'>;

function linesOf(wallet: Wallet, result: Result): string[] {
  const name = JSON.stringify(wallet.name);
  switch (result.status) {
    case 'rotated':
      return [
        `${wallet.name} has a new regular key; the old one is off on the ledger and destroyed here`,
        ...facts([
          ['public key', result.newPublicKey ?? '-'],
          ['transaction', result.transactionHash ?? '-'],
        ]),
        signingPlace(wallet) === 'vault'
          ? `Earlier backups do not hold the new key: ward wallet backup ${name}`
          : 'No backup holds the new key: it cannot leave its provider',
      ];
    case 'pending_approval': {
      const id = result.approval?.approvalId ?? '-';
      return [
        'a rotation always needs people: nothing has changed yet',
        `  approval ${id}`,
        `Approve: ward approvals approve ${id}`,
        `Then:    ward wallet rotate ${name} --reason …, as before: it goes on where it stopped`,
      ];
    }
    case 'waiting':
      return [`waiting at ${result.step}; run the same command again to go on`];
    case 'rolled_back':
      return ['rolled back: the old key is still the one; ward wallet show tells the state'];
    default:
      return [`failed at ${result.step}; the old key still signs`];
  }
}

function exitOf(status: Result['status']): ExitCode {
  if (status === 'rotated') return EXIT.ok;
  return status === 'pending_approval' ? EXIT.denied : EXIT.failed;
}
