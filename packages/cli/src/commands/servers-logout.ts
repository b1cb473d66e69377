import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function serversLogout(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const done = await controlOf(context).endServerLogin(id);
  print(
    context,
    done,
    done.signedOut ? `signed out of ${id}; its tokens are deleted` : `nobody was signed in to ${id}`,
  );
  return EXIT.ok;
}
