import { isJsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { parseInput } from '../read-input.ts';

interface Options {
  readonly as: string;
  /** Of a transaction, in the place of a tool. */
  readonly blob?: string;
  readonly wallet?: string;
  readonly network?: string;
  readonly endpoint?: readonly string[];
}

export async function policyExplain(context: Context, options: Options, tool?: string, json = '{}'): Promise<ExitCode> {
  const { blob, wallet } = options;
  if (blob !== undefined || wallet !== undefined) {
    if (tool !== undefined) throw usage('explain a tool, or a transaction with --blob and --wallet, not both');
    if (blob === undefined || wallet === undefined) throw usage('--blob and --wallet go together');
    const { explainBlob } = await import('../wallet/explain.ts');
    return explainBlob(context, { ...options, blob, wallet });
  }
  if (tool === undefined) throw usage('name a tool as SERVER.TOOL, or a transaction with --blob and --wallet');
  const explained = await controlOf(context).explainPolicy({
    principal: options.as,
    tool,
    arguments: parseInput(json, 'the arguments'),
  });
  const decision = isJsonObject(explained.decision) ? explained.decision : {};
  print(context, explained, typeof explained.text === 'string' ? explained.text : String(decision.effect));
  return EXIT.ok;
}
