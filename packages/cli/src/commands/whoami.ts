import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { rolesLine } from '../login/roles-line.ts';
import { signedIn } from '../login/session.ts';
import { print } from '../output/print.ts';

export async function whoami(context: Context): Promise<ExitCode> {
  const { api, credential } = await signedIn(context);
  const me = await api.call('me');
  const { origin } = credential.place;
  print(context, { ...me, url: origin }, [`${me.id} at ${origin}`, rolesLine(me.roles)]);
  return EXIT.ok;
}
