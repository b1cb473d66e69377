import type { Command } from 'commander';
import type { Bind } from '../program.ts';

/** Commands on the log and on receipts. */
export function defineAudit(program: Command, bind: Bind): void {
  const group = 'Log and receipts:';

  const audit = program
    .command('audit')
    .helpGroup(group)
    .description('the log of everything that was decided and done');
  bind(
    audit
      .command('tail')
      .description('the last entries')
      .option('-n, --lines <n>', 'how many', '20')
      .option('--after <sequence>', 'entries after this one')
      .option('-f, --follow', 'go on with new ones')
      .addHelpText('after', '\nExample:\n  ward audit tail -f --json | jq -c .operation'),
    async () => (await import('../commands/audit-tail.ts')).auditTail,
  );
  bind(
    audit
      .command('verify')
      .description('verify the whole log: chain, tree, checkpoints, seals, gaps')
      .addHelpText('after', '\nExit 4 where anything was changed, dropped, reordered or cut off.'),
    async () => (await import('../commands/audit-verify.ts')).auditVerify,
  );
  bind(
    audit
      .command('export')
      .description('write a receipt that anyone can verify')
      .requiredOption('--receipt <id>', 'receipt id, as calls give it')
      .option('-o, --output <file>', 'file in the place of stdout')
      .addHelpText('after', '\nExample:\n  ward audit export --receipt ID > r.json && ward verify r.json'),
    async () => (await import('../commands/audit-export.ts')).auditExport,
  );
  bind(audit.command('checkpoint').description('sign the log as it stands and print the signed note'), async () => {
    return (await import('../commands/audit-checkpoint.ts')).auditCheckpoint;
  });
  bind(
    audit
      .command('prune')
      .description('delete closed segments beyond the retention of ward.yaml')
      .option('--dry-run', 'only tell what would go'),
    async () => (await import('../commands/audit-prune.ts')).auditPrune,
  );
  bind(audit.command('backup').description('copy the log, verified, to a folder').argument('<folder>'), async () => {
    return (await import('../commands/audit-backup.ts')).auditBackup;
  });
  bind(
    audit
      .command('restore')
      .description('bring the log of a home back from a backup; the gateway must not run')
      .argument('<folder>'),
    async () => (await import('../commands/audit-restore.ts')).auditRestore,
  );

  bind(
    program
      .command('verify')
      .helpGroup(group)
      .description('verify a receipt, offline: no gateway, and with --key no home')
      .argument('<file>', 'receipt; - reads stdin')
      .option('--key <vkey>', "the log's verifier key, or a file that holds it")
      .option('--witness <vkey...>', 'verifier keys, or files, of witnesses that must have cosigned')
      .addHelpText(
        'after',
        `
Prints verified and the facts, or why not and exits with 4. The key must come from the log's operator by another way
than the receipt did; without --key the one of the home is taken.

Examples:
  ward verify r.json
  ward verify r.json --key 'example.com/log+1a2b3c4d+AS…'`,
      ),
    async () => (await import('../commands/verify.ts')).verify,
  );
}
