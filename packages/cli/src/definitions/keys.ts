import type { Command } from 'commander';
import type { Bind } from '../program.ts';
import { WALLETS } from './wallet-options.ts';
import { revocation, rotation } from './wallet-use.ts';

/** Commands on keys over all wallets, and the wallet server that runs by itself. */
export function defineKeys(program: Command, bind: Bind): void {
  const keys = program
    .command('keys')
    .helpGroup(WALLETS)
    .description("the signer's keys: use, age, rotation, revocation");
  bind(
    keys
      .command('status')
      .description('every key with its use and when its rotation is due; exit 1 where one is')
      .addHelpText('after', "\nExample, for a timer:\n  ward keys status --json | jq '.keys[] | select(.due)'"),
    async () => (await import('../commands/keys-status.ts')).keysStatus,
  );
  bind(rotation(keys.command('rotate')), async () => (await import('../commands/wallet-rotate.ts')).walletRotate);
  bind(revocation(keys.command('revoke')), async () => (await import('../commands/wallet-revoke.ts')).walletRevoke);
}
