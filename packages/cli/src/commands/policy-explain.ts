import { isJsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { parseInput } from '../read-input.ts';

export async function policyExplain(
  context: Context,
  options: { readonly as: string },
  tool = '',
  json = '{}',
): Promise<ExitCode> {
  const explained = await controlOf(context).explainPolicy({
    principal: options.as,
    tool,
    arguments: parseInput(json, 'the arguments'),
  });
  const decision = isJsonObject(explained.decision) ? explained.decision : {};
  print(context, explained, typeof explained.text === 'string' ? explained.text : String(decision.effect));
  return EXIT.ok;
}
