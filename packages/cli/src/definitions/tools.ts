import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Commands on servers, their tools and what policy says of them. */
export function defineTools(program: Command, bind: Bind): void {
  const group = 'Servers and policy:';

  const servers = program.command('servers').helpGroup(group).description('the MCP servers behind the gateway');
  bind(servers.command('list').description('servers, their state, sandbox and tools'), async () => {
    return (await import('../commands/servers-list.ts')).serversList;
  });
  bind(
    servers
      .command('add')
      .description('add a server to ward.yaml, keeping its comments')
      .argument('<id>', 'lower-case letters, digits and dashes')
      .argument('[command...]', 'command and arguments of a stdio server, after --')
      .option('--package <name>', 'installed npm package to run, in the place of a command')
      .option('--url <url>', 'address of a remote server')
      .option('--read <path...>', 'what it may read')
      .option('--write <path...>', 'what it may read and write')
      .addHelpText(
        'after',
        `
Examples:
  ward servers add issues --url https://mcp.example.com/mcp
  ward servers add notes --write notes -- node notes-server.js`,
      ),
    async () => (await import('../commands/servers-add.ts')).serversAdd,
  );
  bind(
    servers.command('diff').description('what a server changed in its tools since they were reviewed').argument('<id>'),
    async () => (await import('../commands/servers-diff.ts')).serversDiff,
  );
  bind(
    servers
      .command('pin')
      .description("accept a server's tools as they are now: you have reviewed them")
      .argument('<id>')
      .argument('[tools...]', 'only these; default: all')
      .option('-y, --yes', 'do not show the difference and ask')
      .option('--by <name>', 'who reviewed (default: your user name)')
      .addHelpText('after', '\nExample:\n  ward servers diff files && ward servers pin files'),
    async () => (await import('../commands/servers-pin.ts')).serversPin,
  );

  bind(
    servers
      .command('login')
      .description('sign in to a server that takes OAuth (auth: {oauth: {}} in ward.yaml)')
      .argument('<id>')
      .addHelpText('after', '\nExample:\n  ward servers login issues'),
    async () => (await import('../commands/servers-login.ts')).serversLogin,
  );
  bind(
    servers
      .command('logout')
      .description('end a sign-in to a server, and delete its tokens here')
      .argument('<id>')
      .addHelpText('after', '\nExample:\n  ward servers logout issues'),
    async () => (await import('../commands/servers-logout.ts')).serversLogout,
  );

  const policy = program.command('policy').helpGroup(group).description('the Cedar policies that decide');
  bind(policy.command('check').description('validate the policies against the tools there are'), async () => {
    return (await import('../commands/policy-check.ts')).policyCheck;
  });
  bind(
    policy
      .command('test')
      .description('run cases that say who may do what')
      .argument('<file>', 'YAML or JSON list of cases')
      .addHelpText(
        'after',
        `
A case names a principal, a tool, arguments and the decision that is expected:
  - { principal: local, tool: files.read_file, arguments: { path: a.txt }, expect: allow }

Example:
  ward policy test policies/cases.yaml`,
      ),
    async () => (await import('../commands/policy-test.ts')).policyTest,
  );
  bind(
    policy
      .command('explain')
      .description('how a call, or a transaction of a wallet, would be decided, and by which rules')
      .argument('[server.tool]')
      .argument('[json]', 'arguments of the call', '{}')
      .option('--as <agent>', 'agent that would call', 'local')
      .option('--blob <hex>', 'an unsigned transaction, or the file that holds it; - for stdin')
      .option('--wallet <name>', 'the wallet that would sign it: name or address')
      .option('--network <name>', 'its network, where wallets share the name')
      .option('--endpoint <url...>', 'nodes to ask for what the transaction leaves open')
      .addHelpText(
        'after',
        `
A transaction is decided as if it were asked for now; nothing is counted and nothing signed. Exit 3: it would be refused.

Examples:
  ward policy explain files.write_file '{"path":"a.txt","content":"x"}'
  ward policy explain --wallet shop --blob 1200002200000000…`,
      ),
    async () => (await import('../commands/policy-explain.ts')).policyExplain,
  );
}
