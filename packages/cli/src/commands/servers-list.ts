import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { serverTable } from './status.ts';

export async function serversList(context: Context): Promise<ExitCode> {
  const servers = await controlOf(context).servers();
  print(context, servers, serverTable(servers));
  return EXIT.ok;
}
