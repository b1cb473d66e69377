import type { Command } from 'commander';
import type { Bind } from '../program.ts';
import { backupPassword, endpoints, network, password, pin } from './wallet-options.ts';

/** `ward wallet …` on a wallet that there is: open and close it, its policy, its end. */
export function defineWalletUse(wallet: Command, bind: Bind): void {
  const on = (name: string, description: string): Command =>
    network(wallet.command(name), 'any').description(description).argument('<wallet>', 'name or address');

  bind(
    pin(password(on('unlock', 'let agents use it, within its policy, until it locks itself'))).addHelpText(
      'after',
      '\nExamples:\n  ward wallet unlock shop\n  ward wallet unlock shop --password-fd 3 3< <(pass show ward/shop)',
    ),
    async () => (await import('../commands/wallet-unlock.ts')).walletUnlock,
  );
  bind(
    network(wallet.command('lock'), 'any')
      .description('forget its keys now; nothing is signed until it is unlocked')
      .argument('[wallet]', 'name or address')
      .option('--all', 'all wallets'),
    async () => (await import('../commands/wallet-lock.ts')).walletLock,
  );
  bind(
    password(on('password', 'change its password; keys and backups stay as they are'))
      .option('--new-password-file <file>', 'read the new password from this file (mode 0600)')
      .option('--new-password-fd <n>', 'read the new password from this file descriptor'),
    async () => (await import('../commands/wallet-password.ts')).walletPassword,
  );
  bind(
    on('policy', "show its policy, or set another; what allows more waits for people's approval")
      .option('--set <file>', 'the policy to set, in any of the three formats; - for stdin')
      .option('--merge', 'the file is a patch (RFC 7396) of the policy in force')
      .option('--reason <text>', 'why, 10 to 500 characters; the history keeps it')
      .addHelpText(
        'after',
        `
What tightens applies at once. What loosens is parked (exit 3) and takes effect when people have approved exactly it.
Each change has a higher version, semver: the file's, or the next one where it names the one in force.

Examples:
  ward wallet policy shop > shop.json
  ward wallet policy shop --set shop.json --reason "half the daily volume"
  ward wallet policy shop --set more.json --reason "new supplier" && echo in force`,
      ),
    async () => (await import('../commands/wallet-policy.ts')).walletPolicy,
  );
  bind(on('limits', 'what it has spent, and what is left without asking, this hour and today'), async () => {
    return (await import('../commands/wallet-limits.ts')).walletLimits;
  });
  bind(rotation(wallet.command('rotate')), async () => (await import('../commands/wallet-rotate.ts')).walletRotate);
  bind(on('archive', 'lock it and set it aside; unarchive brings it back'), async () => {
    return (await import('../commands/wallet-archive.ts')).walletArchive;
  });
  bind(password(on('unarchive', 'bring an archived wallet back')), async () => {
    return (await import('../commands/wallet-unarchive.ts')).walletUnarchive;
  });
  bind(
    password(on('delete', 'destroy the keys of an archived wallet here, once a backup of them was tested'))
      .option('-y, --yes', 'do not ask')
      .option('--without-backup', 'even where no backup was made'),
    async () => (await import('../commands/wallet-delete.ts')).walletDelete,
  );
  bind(revocation(wallet.command('revoke')), async () => (await import('../commands/wallet-revoke.ts')).walletRevoke);
}

/** The same command as `ward wallet rotate` and `ward keys rotate`. */
export function rotation(command: Command): Command {
  return endpoints(pin(backupPassword(password(network(command, 'any')))))
    .description('give it a new regular key: on the ledger first, the old one destroyed last')
    .argument('[wallet]', 'name or address; a request names it')
    .requiredOption(
      '--reason <reason>',
      'scheduled, personnel_change, suspected_compromise, security_upgrade, incident_response, compliance or other',
    )
    .option('--description <text>', 'more words; needed for other and incident_response')
    .option('--force', 'within a day of the last one')
    .option('--no-backup', 'make no backup of the new key')
    .option('--request <id>', 'do what an agent asked for')
    .addHelpText(
      'after',
      `
People always approve a rotation first (exit 3 says so). Every step is journalled: run it again to go on.

Examples:
  ward wallet rotate shop --reason scheduled
  ward wallet rotate --request 3f0c… --reason suspected_compromise`,
    );
}

/** The same command as `ward wallet revoke` and `ward keys revoke`. */
export function revocation(command: Command): Command {
  return network(command, 'any')
    .description('end the use of every key of a wallet, now and for good; no password is asked')
    .argument('<wallet>', 'name or address')
    .requiredOption('--reason <text>', 'why; the log keeps it')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  ward wallet revoke shop --reason "laptop stolen" --yes');
}
