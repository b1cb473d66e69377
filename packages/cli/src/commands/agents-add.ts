import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { onlineOrHome, recordOffline } from '../offline.ts';
import { note, print } from '../output/print.ts';

interface Options {
  readonly name?: string;
  readonly role?: readonly string[];
  readonly save?: boolean;
}

/** The role the default policies speak of. */
const DEFAULT_ROLES = ['agent'];

export async function agentsAdd(context: Context, options: Options, id = ''): Promise<ExitCode> {
  const roles = options.role ?? DEFAULT_ROLES;
  const named = options.name !== undefined && { name: options.name };
  const { token } = await onlineOrHome(
    context,
    (control) => control.addAgent({ id, roles, ...named }),
    async (home) => {
      const made = await home.agents.add(id, { roles, ...named });
      await recordOffline(home, 'agent.add', { agent: id, roles });
      return { token: made };
    },
  );
  if (options.save === true) {
    const file = homePaths(context.home).tokenFile(id);
    const { saveToken } = await import('../endpoint/token.ts');
    await saveToken(file, token);
    print(context, { id, tokenFile: file }, [
      `added ${id}; its token is in ${file}`,
      `Use it with: ward connect --as ${id}`,
    ]);
    return EXIT.ok;
  }
  print(context, { id, token }, token);
  note(context, `added ${id}. The token above is shown once and kept nowhere: store it now.`);
  return EXIT.ok;
}
