import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function reload(context: Context): Promise<ExitCode> {
  const outcome = await controlOf(context).reload();
  print(context, outcome, 'reloaded');
  return EXIT.ok;
}
