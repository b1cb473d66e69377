import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { when } from '../output/time.ts';

interface Options {
  readonly matrix?: boolean;
}

export async function rolesList(context: Context, options: Options): Promise<ExitCode> {
  const { grants, matrix } = await controlOf(context).roles();
  if (options.matrix === true) {
    const rows = Object.entries(matrix).map(([role, permissions]) => [role, permissions.join(', ')]);
    print(context, matrix, table(['role', 'may'], rows));
    return EXIT.ok;
  }
  const rows = grants.map(({ subject, role, grantedBy, grantedAt, expires }) => [
    subject,
    role,
    grantedBy.startsWith('operator:') ? 'the operator' : grantedBy,
    when(grantedAt),
    expires === undefined ? '-' : when(expires),
  ]);
  print(
    context,
    grants,
    grants.length === 0
      ? 'nobody has a role; make the first admin with ward roles grant WALLET admin'
      : table(['wallet', 'role', 'granted by', 'since', 'until'], rows),
  );
  return EXIT.ok;
}
