import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type InitOptions, initialise } from '../init/initialise.ts';
import { print } from '../output/print.ts';

export async function init(context: Context, options: InitOptions): Promise<ExitCode> {
  const { made, paths, sealed } = await initialise(context, options);
  const lines =
    made.length === 0
      ? [`${paths.home} is complete; nothing was changed`]
      : [`made in ${paths.home}:`, ...made.map((name) => `  ${name}`)];
  if (!sealed) lines.push('', 'The operator key is not sealed by a passphrase: who reads its file can approve calls.');
  print(context, { home: paths.home, made, operatorKeySealed: sealed }, [...lines, '', 'Start it with: ward up']);
  return EXIT.ok;
}
