import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Who may do what in the console and through OAuth. */
export function defineRoles(program: Command, bind: Bind): void {
  const roles = program
    .command('roles')
    .helpGroup('Agents and approvals:')
    .description('roles of people, by the wallets they sign in with');
  bind(
    roles
      .command('list')
      .description('grants in force')
      .option('--matrix', 'show what each role may do')
      .addHelpText('after', '\nExamples:\n  ward roles list\n  ward roles list --matrix'),
    async () => (await import('../commands/roles-list.ts')).rolesList,
  );
  const passphrase = (command: Command): Command =>
    command
      .option('--passphrase-fd <n>', 'read the passphrase of the operator key from this file descriptor')
      .option('--passphrase-file <file>', 'read the passphrase of the operator key from this file');
  bind(
    passphrase(
      roles
        .command('grant')
        .description('make the first admin, signed with the operator key')
        .argument('<wallet>', 'CAIP-10: eip155:1:0x… or solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…')
        .argument('<role>', 'admin; every other role is granted by an admin, in the console'),
    ).addHelpText(
      'after',
      `
The console shows the CAIP-10 of whoever signs in. The operator key makes an admin only while there is none; from then on
admins grant roles in the console, signed with their own wallets.

Example:
  ward roles grant eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F admin`,
    ),
    async () => (await import('../commands/roles-change.ts')).rolesGrant,
  );
  bind(
    passphrase(
      roles.command('revoke').description('take a role away, at once').argument('<wallet>').argument('<role>'),
    ).addHelpText('after', '\nExample:\n  ward roles revoke eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F admin'),
    async () => (await import('../commands/roles-change.ts')).rolesRevoke,
  );
}
