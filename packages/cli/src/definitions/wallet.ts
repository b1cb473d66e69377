import type { Command } from 'commander';
import type { Bind } from '../program.ts';
import { backupPassword, endpoints, network, password, pin, WALLETS } from './wallet-options.ts';
import { defineWalletUse } from './wallet-use.ts';

/** Commands that make, keep and end wallets. */
export function defineWallet(program: Command, bind: Bind): void {
  const wallet = program
    .command('wallet')
    .helpGroup(WALLETS)
    .description('wallets of agents on the XRP Ledger: keys that no agent reaches, policy that code enforces')
    .addHelpText(
      'after',
      `
A wallet is named by its name or its address; the network is added where that is not enough. Secrets are typed, or come
from a file (mode 0600) or a descriptor; never from an argument or the environment.

Examples:
  ward wallet create --network local --name shop       makes, backs up, funds and secures it
  ward wallet list
  ward wallet unlock shop                              agents may use it, within its policy
  ward wallet policy shop > shop.json                  its policy, to edit
  ward wallet policy shop --set shop.json --reason "lower the daily limit"`,
    );

  bind(
    endpoints(pin(backupPassword(password(network(wallet.command('create'))))))
      .description('make a wallet, back it up, fund it (local, testnet) and put its master key away')
      .option('--name <name>', 'its name (default: wallet, wallet-2, …)')
      .option('--algorithm <name>', 'ed25519 (default) or secp256k1')
      .option('--policy <file>', "its policy, any of the three formats (default: the network's preset)")
      .option('--provider <name>', 'keep its regular key there: a token or key service of operator/providers.json')
      .option('--words <n>', 'make the master key from 12 or 24 new words, shown once')
      .option('--words-file <file>', 'write the words to this new file (mode 0600), not to the terminal')
      .option('--request <id>', 'do what an agent asked for')
      .option('--accept-policy', 'take the policy that the agent proposes with its request')
      .option('--fund', 'ask the faucet for test money (default on local)')
      .option('--no-fund', 'ask no faucet')
      .option('--no-secure', 'leave the master key signing; ward wallet secure puts it away later')
      .option('--service <purpose>', 'a wallet for one server and purpose, not for agents')
      .option('--backup-file <file>', 'where the sealed backup goes (default: ./NAME-ADDRESS.backup.json)')
      .addHelpText(
        'after',
        `
It makes two keys: a master key, which goes into the sealed backup, and a regular key, which signs. Once the account
has money, the regular key is set on the ledger, the master key is disabled there and forgotten here.
Where a step cannot be done yet, ward wallet secure goes on with it.

Examples:
  ward wallet create --network local
  ward wallet create --name shop --policy shop.json
  ward wallet create --network mainnet --name treasury --words 24
  ward wallet create --password-fd 3 --backup-password-fd 4 3< <(pass show ward/shop) 4< <(pass show ward/shop-backup)
  ward wallet create --request 3f0c…`,
      ),
    async () => (await import('../commands/wallet-create.ts')).walletCreate,
  );

  bind(
    endpoints(backupPassword(password(network(wallet.command('import')))))
      .description('take over a wallet from its words, family seed or hex key')
      .option('--name <name>', 'its name (default: wallet, wallet-2, …)')
      .option('--secret-file <file>', 'read the secret from this file (mode 0600)')
      .option('--secret-fd <n>', 'read the secret from this file descriptor')
      .option('--address <address>', 'the account that must come out; asked for on a terminal')
      .option('--algorithm <name>', 'ed25519 or secp256k1, where the secret says neither')
      .option('--regular-key-of <address>', 'the secret is the regular key of this account')
      .option('--policy <file>', "its policy (default: the network's preset)")
      .option('--request <id>', 'do what an agent asked for')
      .option('--accept-policy', 'take the policy that the agent proposes with its request')
      .option('--backup-file <file>', 'where the sealed backup goes (default: ./NAME-ADDRESS.backup.json)')
      .addHelpText(
        'after',
        `
The algorithm is read off the secret; the accounts it has are shown, and nothing is stored before one is confirmed.

Examples:
  ward wallet import --network testnet --name shop
  ward wallet import --secret-fd 3 --address rG31… --password-fd 4 --backup-password-fd 5 3< … 4< … 5< …`,
      ),
    async () => (await import('../commands/wallet-import.ts')).walletImport,
  );

  bind(network(wallet.command('list'), 'all').description('wallets, their state and policy'), async () => {
    return (await import('../commands/wallet-list.ts')).walletList;
  });
  bind(
    network(wallet.command('show'), 'any')
      .description('one wallet: keys, policy, backup, and what protects it')
      .argument('<wallet>', 'name or address'),
    async () => (await import('../commands/wallet-show.ts')).walletShow,
  );
  defineWalletUse(wallet, bind);

  bind(
    backupPassword(password(network(wallet.command('backup'), 'any')))
      .description('write a sealed backup under a password of its own; it is opened again before this ends')
      .argument('<wallet>', 'name or address')
      .option('--backup-file <file>', 'where it goes (default: ./NAME-ADDRESS.backup.json)')
      .addHelpText('after', '\nExample:\n  ward wallet backup shop --backup-file /media/usb/shop.json'),
    async () => (await import('../commands/wallet-backup.ts')).walletBackup,
  );
  bind(
    backupPassword(password(network(wallet.command('restore'))))
      .description('make a wallet again from its backup')
      .argument('<file>', 'the backup')
      .requiredOption('--address <address>', 'the account that must come out')
      .option('--name <name>', 'its name (default: wallet, wallet-2, …)')
      .option('--policy <file>', "its policy (default: the network's preset)")
      .addHelpText('after', '\nExample:\n  ward wallet restore shop.backup.json --address rG31… --network local'),
    async () => (await import('../commands/wallet-restore.ts')).walletRestore,
  );
  bind(
    endpoints(pin(backupPassword(password(network(wallet.command('secure'), 'any')))))
      .description('set the regular key on the ledger, disable the master key there and forget it here')
      .argument('<wallet>', 'name or address')
      .option('--backup-file <file>', 'the backup that holds the master key (default: ./NAME-ADDRESS.backup.json)')
      .addHelpText(
        'after',
        `
Each step waits until the ledger has validated it, and the command goes on where an earlier one stopped.

Example:
  ward wallet secure shop`,
      ),
    async () => (await import('../commands/wallet-secure.ts')).walletSecure,
  );
}
