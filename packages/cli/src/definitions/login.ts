import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Signing in to a gateway as a person. */
export function defineLogin(program: Command, bind: Bind): void {
  const group = 'Agents and approvals:';
  bind(
    program
      .command('login')
      .helpGroup(group)
      .description('sign in as a person, with a wallet, in the browser')
      .option('--device', 'show a code to enter on another device, in the place of a browser here')
      .option('--url <url>', 'gateway on another machine')
      .option('--ca <file>', "authority of that gateway (PEM); the system's without it")
      .addHelpText(
        'after',
        `
The tokens are bound to a key of this machine and kept in the home (operator/login.json, mode 0600).

Examples:
  ward login
  ward login --device --url https://ward.example.com`,
      ),
    async () => (await import('../commands/login.ts')).login,
  );
  bind(program.command('logout').helpGroup(group).description('end the sign-in, here and at the gateway'), async () => {
    return (await import('../commands/logout.ts')).logout;
  });
  bind(program.command('whoami').helpGroup(group).description('who is signed in, and with which roles'), async () => {
    return (await import('../commands/whoami.ts')).whoami;
  });
}
