import { existsSync } from 'node:fs';
import { CodedError } from '@wardmesh/core';
import { type Facts, type VerifyOptions, verifyReceipt } from '@wardmesh/verify';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { print } from '../output/print.ts';
import { facts } from '../output/table.ts';
import { readFileArgument, readInput } from '../read-input.ts';

interface Options {
  readonly key?: string;
  readonly witness?: readonly string[];
}

const KEY_FORM = 'NAME+HEX+BASE64';

export async function verify(context: Context, options: Options, file = '-'): Promise<ExitCode> {
  const text = await readInput(context, file);
  const verified = verifyReceipt(text, optionsOf(context, options));
  if (!verified.ok) {
    const { code, message, at } = verified.error;
    throw new CodedError(code, `not verified: ${message}${at === undefined ? '' : ` (${at})`}`, {
      hint: 'The receipt is not what the log holds, or is of another log. Do not rely on it.',
    });
  }
  const shown = verified.value;
  if (shown.keyTrust === 'embedded') {
    // Whoever forges a receipt puts their own key into it.
    throw cliError('NOT_VERIFIED', 'not verified: the receipt agrees with itself, but its key came with it', {
      hint: `Get the log's key from its operator (HOME/log/key.vkey) and pass it: --key '${KEY_FORM}'.`,
    });
  }
  print(context, { verified: true, ...summary(shown) }, ['verified', ...factLines(shown)]);
  return EXIT.ok;
}

function optionsOf(context: Context, options: Options): VerifyOptions {
  const vkey = options.key === undefined ? homeKey(context) : keyOf(context, options.key);
  const witnesses = options.witness?.map((witness) => keyOf(context, witness));
  return {
    ...(vkey !== undefined && { vkey }),
    ...(witnesses !== undefined && { witnesses, witnessesNeeded: witnesses.length }),
  };
}

/** A verifier key itself, or the file that holds it. */
function keyOf(context: Context, given: string): string {
  return /^[^+\s]+\+[0-9a-f]{8}\+\S+$/.test(given) ? given : readFileArgument(context, given).trim();
}

function homeKey(context: Context): string | undefined {
  const { logKey } = homePaths(context.home);
  return existsSync(logKey) ? readFileArgument(context, logKey).trim() : undefined;
}

function summary({ receipt, log, witnesses }: Facts) {
  return { id: receipt.id, time: receipt.time, event: receipt.event.type, log, witnesses, receipt };
}

function factLines(verified: Facts): string[] {
  const { receipt, log, witnesses } = verified;
  const { tool, agent, args, policy, approval, effect, sandbox, labels } = receipt;
  const rows: [string, string][] = [
    ['receipt', receipt.id],
    ['time', receipt.time],
    ['event', `${receipt.event.type}, ${receipt.event.operation.result}`],
  ];
  if (agent) rows.push(['agent', `${agent.id}${agent.roles.length > 0 ? ` (${agent.roles.join(', ')})` : ''}`]);
  if (tool) rows.push(['tool', `${tool.server}.${tool.name}`], ['tool pin', tool.pin]);
  if (args) rows.push(['arguments', args.hash]);
  if (policy)
    rows.push(['decision', `${policy.decision} by ${policy.rules.join(', ') || 'no rule'} (policy ${policy.version})`]);
  if (approval) rows.push(['approved by', `${approval.by.join(', ')} over ${approval.over}`]);
  if (labels && labels.out.length > 0) rows.push(['labels', labels.out.join(', ')]);
  if (sandbox) rows.push(['sandbox', sandbox.profile]);
  if (effect)
    rows.push([
      'effect',
      effect.resultHash === undefined ? effect.status : `${effect.status}, result ${effect.resultHash}`,
    ]);
  if (effect?.tx !== undefined) rows.push(['transaction', effect.tx]);
  rows.push(
    ['log', `entry ${log.index + 1} of ${log.size} in ${log.origin}`],
    ['log root', log.root],
    ['key', log.vkey],
  );
  for (const witness of witnesses)
    rows.push(['witness', `${witness.name} at ${new Date(witness.time * 1_000).toISOString()}`]);
  return facts(rows);
}
