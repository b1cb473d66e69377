import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Commands that set up, run and reach a gateway. */
export function defineRunning(program: Command, bind: Bind): void {
  const group = 'Gateway:';

  bind(
    program
      .command('init')
      .helpGroup(group)
      .description('create a home: ward.yaml, policies, keys, TLS, workspace, one agent; never overwrites')
      .option('--passphrase-fd <n>', 'seal the operator key with the passphrase read from this file descriptor')
      .option('--passphrase-file <file>', 'seal the operator key with the passphrase in this file')
      .option('--no-passphrase', 'leave the operator key unsealed (mode 0600); ward doctor warns of it')
      .addHelpText(
        'after',
        `
On a terminal it asks for a passphrase for the operator key, which signs approvals; an empty one leaves it unsealed.

Examples:
  ward init                        in ./.ward
  ward init --home ~/.ward
  ward init --passphrase-fd 3 3< <(pass show ward)`,
      ),
    async () => (await import('../commands/init.ts')).init,
  );

  bind(
    program
      .command('up')
      .helpGroup(group)
      .description('run the gateway, the signer and the local ledger (creates the home where there is none)')
      .option('--port <n>', 'listen on this port, whatever ward.yaml says')
      .addHelpText(
        'after',
        `
Beside the gateway run, as ward.yaml says under wallet, the signer in its own sandbox and an XRP Ledger of one node with
play money. What of them ends is started again; without a sandbox the signer does not run, and the rest is served.
Prints where it listens and what to put into the configuration of Claude, Cursor and VS Code.
ward.yaml is read again when it changes and on SIGHUP. SIGINT or SIGTERM lets calls finish; a second one does not.

Examples:
  ward up
  ward up --port 7543
  ward up --json        one line {"event":"ready",…} when it serves`,
      ),
    async () => (await import('../commands/up.ts')).up,
  );

  bind(
    program
      .command('status')
      .helpGroup(group)
      .description('what the running gateway does')
      .addHelpText('after', '\nExample:\n  ward status --json | jq .servers'),
    async () => (await import('../commands/status.ts')).status,
  );

  bind(
    program
      .command('doctor')
      .helpGroup(group)
      .description('check this machine and the home: sandbox, modes, clock, disk, log, certificate, keys')
      .addHelpText(
        'after',
        '\nEach line is ok, warn or fail, with what to do. Exit 1 where a check fails.\n\nExample:\n  ward doctor',
      ),
    async () => (await import('../commands/doctor.ts')).doctor,
  );

  bind(
    program.command('reload').helpGroup(group).description('read ward.yaml and the policies again, now'),
    async () => (await import('../commands/reload.ts')).reload,
  );

  bind(
    program
      .command('connect')
      .helpGroup(group)
      .description('bridge an MCP client on stdin and stdout to the gateway: for the configuration of MCP clients')
      .option('--as <agent>', 'agent whose token is used', 'local')
      .option('--server <id>', 'one server only; default: all, their tools named server.tool')
      .option('--token-file <file>', 'file of the token (mode 0600)')
      .option('--url <url>', 'gateway on another machine: its address, with --ca and --pin')
      .option('--ca <file>', 'authority of that gateway (PEM)')
      .option('--pin <sha256/…>', "pin of that gateway's key")
      .addHelpText(
        'after',
        `
Carries JSON-RPC messages only on stdout; what it has to say goes to stderr. Waits for a gateway that starts later.

Example, in the configuration of an MCP client:
  { "mcpServers": { "ward": { "command": "/path/to/ward", "args": ["connect"], "env": { "WARD_HOME": "/path/to/.ward" } } } }`,
      ),
    async () => (await import('../commands/connect.ts')).connect,
  );

  bind(
    program
      .command('call')
      .helpGroup(group)
      .description('call one tool as an agent would, through everything an agent goes through')
      .argument('<server.tool>', 'such as everything.echo')
      .argument('[json]', 'arguments as a JSON object; - reads them from stdin', '{}')
      .option('--as <agent>', 'agent whose token is used', 'local')
      .option('--token-file <file>', 'file of the token (mode 0600)')
      .option('--wait', 'where a person must approve: wait for it')
      .option('--approval <id>', 'release the approved call with this id')
      .addHelpText(
        'after',
        `
Prints the result, and the receipt id on stderr (with --json: {"result","receipt"}). A call that waits for approval
prints the approval id and ends with 3.

Examples:
  ward call everything.echo '{"message":"hi"}'
  echo '{"path":"notes.txt","content":"hi"}' | ward call files.write_file -
  ward call files.write_file '{"path":"notes.txt","content":"hi"}' --wait`,
      ),
    async () => (await import('../commands/call.ts')).call,
  );

  bind(
    program
      .command('completion', { hidden: false })
      .helpGroup(group)
      .description('print completion for a shell')
      .argument('<shell>', 'bash or zsh')
      .addHelpText('after', '\nExample:\n  eval "$(ward completion bash)"'),
    async () => {
      const { completion } = await import('../commands/completion.ts');
      return (context, _options, shell) => completion(context, program, shell ?? '');
    },
  );
}
