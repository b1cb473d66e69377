import { userInfo } from 'node:os';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { diffLines } from './servers-diff.ts';

interface Options {
  readonly yes?: boolean;
  readonly by?: string;
}

export async function serversPin(context: Context, options: Options, id = '', ...tools: string[]): Promise<ExitCode> {
  const control = controlOf(context);
  let offer: string | undefined;
  if (options.yes !== true) {
    const diff = await control.serverDiff(id);
    offer = diff.offer;
    note(context, diffLines(diff).join('\n'));
    if (
      !(await confirm(
        context,
        `Accept ${tools.length === 0 ? 'all tools' : tools.join(', ')} of ${id} as they are now?`,
      ))
    ) {
      note(context, 'nothing was pinned');
      return EXIT.failed;
    }
  }
  const by = options.by ?? userInfo().username;
  const outcome = await control.pinServer(id, {
    ...(tools.length > 0 && { tools }),
    by,
    // What was shown is what is accepted, whatever the server offers by now.
    ...(offer !== undefined && { offer }),
  });
  print(context, outcome, `pinned ${tools.length === 0 ? 'the tools' : tools.join(', ')} of ${id}, reviewed by ${by}`);
  return EXIT.ok;
}
