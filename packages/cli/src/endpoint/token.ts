import { dirname, resolve } from 'node:path';
import { fromUtf8, Secret, utf8 } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { homePaths } from '../home-paths.ts';

/** Where an agent's token is: the file that is named, else the home's for that agent. */
export function tokenPath(context: Context, options: { readonly as: string; readonly tokenFile?: string }): string {
  return options.tokenFile === undefined
    ? homePaths(context.home).tokenFile(options.as)
    : resolve(context.cwd, options.tokenFile);
}

/** @throws CodedError TOKEN_MISSING where there is none or it is open to others */
export async function readToken(path: string): Promise<Secret> {
  const { readFileSecure, isStoreError } = await import('../operator/private-file.ts');
  try {
    const token = fromUtf8(await readFileSecure(path)).trim();
    if (/^[\x21-\x7e]{1,512}$/.test(token)) return new Secret(token);
  } catch (cause) {
    if (!isStoreError(cause)) throw cause;
    throw cliError('TOKEN_MISSING', `this agent cannot sign in; ${cause.message}`, {
      hint: cause.hint ?? 'ward agents add ID --save makes an agent and keeps its token.',
      cause,
    });
  }
  throw cliError('TOKEN_MISSING', `${path} holds no token`, {
    hint: 'ward agents add ID --save makes an agent and keeps its token.',
  });
}

export async function saveToken(path: string, token: string): Promise<void> {
  const { makeDirectorySecure, writeFileSecure } = await import('../operator/private-file.ts');
  await makeDirectorySecure(dirname(path));
  await writeFileSecure(path, utf8(`${token}\n`));
}
