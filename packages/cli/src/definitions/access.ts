import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Commands on people and agents: who may call, and who decides. */
export function defineAccess(program: Command, bind: Bind): void {
  const group = 'Agents and approvals:';
  const passphrase = (command: Command): Command =>
    command
      .option('--passphrase-fd <n>', 'read the passphrase of the operator key from this file descriptor')
      .option('--passphrase-file <file>', 'read the passphrase of the operator key from this file')
      .option('--key <file>', 'key file of another approver');

  const approvals = program
    .command('approvals')
    .helpGroup(group)
    .description('calls and transactions that a person decides');
  bind(
    approvals
      .command('list')
      .description('what waits: calls, transactions, changes of a policy, rotations')
      .option('--state <state>', 'pending, approved, denied, expired, released or all', 'pending'),
    async () => (await import('../commands/approvals-list.ts')).approvalsList,
  );
  bind(approvals.command('show').description('one request, exactly as it will be done').argument('<id>'), async () => {
    return (await import('../commands/approvals-show.ts')).approvalsShow;
  });
  bind(
    passphrase(
      approvals
        .command('approve')
        .description('sign one request with the operator key; it may then be done once')
        .argument('<id>')
        .option('-y, --yes', 'do not show the call and ask'),
    ).addHelpText(
      'after',
      '\nExamples:\n  ward approvals approve 3f0c…\n  ward approvals approve 3f0c… --yes --passphrase-fd 3 3< pass.txt',
    ),
    async () => (await import('../commands/approvals-approve.ts')).approvalsApprove,
  );
  bind(
    passphrase(
      approvals
        .command('deny')
        .description('refuse one request for good; within its delay this is the veto of a transaction')
        .argument('<id>')
        .option('--reason <text>', 'why; the agent is told', 'denied by the operator'),
    ),
    async () => (await import('../commands/approvals-deny.ts')).approvalsDeny,
  );
  bind(
    approvals
      .command('cosign')
      .description("hand in a co-signer's signature where the ledger account has a signer list")
      .argument('<id>')
      .requiredOption('--blob <hex>', 'the multisigned transaction, or the file that holds it; - for stdin')
      .addHelpText(
        'after',
        '\nExample:\n  ward approvals show 3f0c… --json | jq -r .binding.arguments.blob\n  ward approvals cosign 3f0c… --blob signed.hex',
      ),
    async () => (await import('../commands/approvals-cosign.ts')).approvalsCosign,
  );

  const approvers = program
    .command('approvers')
    .helpGroup(group)
    .description('who may approve what the signer asks: transactions, policies, and these approvers');
  bind(approvers.command('list').description('operator keys and wallets that may approve'), async () => {
    return (await import('../commands/approvers-list.ts')).approversList;
  });
  bind(
    approvers
      .command('add')
      .description('ask those who may approve to let a wallet approve too, in the console')
      .argument('<wallet>', 'CAIP-10: eip155:1:0x… or solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…')
      .option('--reason <text>', 'why; shown to those who approve it', 'asked for by the operator')
      .addHelpText(
        'after',
        `
The console shows the CAIP-10 of whoever signs in. Wallets of Solana, Ethereum and Sui approve with their own key; a
contract wallet has none and cannot. The change is a request: as many people sign it as the strictest policy asks for.

Example:
  ward approvers add eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F
  ward approvals approve 3f0c…`,
      ),
    async () => (await import('../commands/approvers-change.ts')).approversAdd,
  );
  bind(
    approvers
      .command('remove')
      .description('ask to take the right to approve away; never from the last one')
      .argument('<key>', 'id of the key: ward approvers list')
      .option('--reason <text>', 'why; shown to those who approve it', 'asked for by the operator'),
    async () => (await import('../commands/approvers-change.ts')).approversRemove,
  );

  const agents = program.command('agents').helpGroup(group).description('who may call: agents and their tokens');
  bind(agents.command('list').description('agents, with revoked ones'), async () => {
    return (await import('../commands/agents-list.ts')).agentsList;
  });
  bind(
    agents
      .command('add')
      .description('add an agent; its token is shown once')
      .argument('<id>', 'lower-case letters, digits and dashes')
      .option('--name <name>', 'name for people')
      .option('--role <role...>', 'roles that policies name')
      .option('--save', 'keep the token in the home for ward connect --as ID, and do not print it')
      .addHelpText('after', '\nExamples:\n  ward agents add cursor --save\n  ward agents add ci --role reader'),
    async () => (await import('../commands/agents-add.ts')).agentsAdd,
  );
  bind(
    agents.command('revoke').description("end an agent's token, from the next call on").argument('<id>'),
    async () => {
      return (await import('../commands/agents-revoke.ts')).agentsRevoke;
    },
  );
}
