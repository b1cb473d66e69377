import type { Command } from 'commander';

/** Heading of the wallet commands in `ward --help`. */
export const WALLETS = 'Wallets:';

/** `one`: the network a wallet is made on; `any`: only where a name is not enough; `all`: a filter. */
export function network(command: Command, which: 'one' | 'any' | 'all' = 'one'): Command {
  const names = 'local, testnet, devnet or mainnet';
  const text = {
    one: `${names} (default: wallet.network of ward.yaml, testnet)`,
    any: `${names}, where wallets share the name`,
    all: `${names} only`,
  };
  return command.option('--network <name>', text[which]);
}

export function password(command: Command): Command {
  return command
    .option('--password-file <file>', "read the wallet's password from this file (mode 0600)")
    .option('--password-fd <n>', "read the wallet's password from this file descriptor")
    .option('--password-keychain <item>', "take the wallet's password from the system keychain (not in this version)");
}

export function backupPassword(command: Command): Command {
  return command
    .option('--backup-password-file <file>', "read the backup's own password from this file (mode 0600)")
    .option('--backup-password-fd <n>', "read the backup's own password from this file descriptor");
}

export function pin(command: Command): Command {
  return command
    .option('--pin-file <file>', "read the PIN of the wallet's token from this file (mode 0600)")
    .option('--pin-fd <n>', "read the PIN of the wallet's token from this file descriptor");
}

export function endpoints(command: Command): Command {
  return command.option('--endpoint <url...>', 'nodes of the network to ask (wss, or ws on this machine)');
}
