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

  bind(
    program
      .command('wallet-mcp')
      .helpGroup(WALLETS)
      .description(
        'the wallet server alone on stdin and stdout, without a gateway: for the configuration of MCP clients',
      )
      .option('--network <name>', 'network of calls that name none (default: wallet.network of ward.yaml, testnet)')
      .option('--endpoint <network=url...>', 'nodes of a network in the place of the usual ones')
      .option('--submit-any', 'let tx_submit send transactions that this wallet did not sign')
      .addHelpText(
        'after',
        `
It asks the signer of the home: the one that runs, else one that it starts and ends. No key is in this process. Without a
gateway there is no log of calls but the signer's own; the limits and approvals of the wallets hold as ever.

Example, in the configuration of an MCP client:
  { "mcpServers": { "wallet": { "command": "npx", "args": ["wardmesh", "wallet-mcp", "--network", "testnet"] } } }`,
      ),
    async () => (await import('../commands/wallet-mcp.ts')).walletMcp,
  );
}
