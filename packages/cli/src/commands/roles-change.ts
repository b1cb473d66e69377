import { utf8 } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type KeyOptions, openOperatorKey } from '../operator/sign.ts';
import { print } from '../output/print.ts';

export function rolesGrant(context: Context, options: KeyOptions, subject = '', role = ''): Promise<ExitCode> {
  if (role !== 'admin') {
    throw usage('the operator key makes admins only', 'An admin grants every other role in the console, under Roles.');
  }
  return change(context, options, 'grant', subject, role);
}

export function rolesRevoke(context: Context, options: KeyOptions, subject = '', role = ''): Promise<ExitCode> {
  return change(context, options, 'revoke', subject, role);
}

async function change(
  context: Context,
  options: KeyOptions,
  act: 'grant' | 'revoke',
  subject: string,
  role: string,
): Promise<ExitCode> {
  const control = controlOf(context);
  const { draftId, message } = await control.prepareRole({ act, subject, role });
  // The text itself is signed: it says in words what it does, and holds the hash of all of it.
  const { sign } = await openOperatorKey(context, options);
  const after = await control.commitRole({ draftId, signature: sign(utf8(message)) });
  print(context, after, [act === 'grant' ? `${subject} is ${role} from now on` : `${subject} is no longer ${role}`]);
  return EXIT.ok;
}
