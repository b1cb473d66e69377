import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { readCredential, removeCredential } from '../login/credential.ts';
import { revoke } from '../login/revoke.ts';
import { print } from '../output/print.ts';

/** Whatever the gateway says, the tokens go from this machine. */
export async function logout(context: Context): Promise<ExitCode> {
  const path = homePaths(context.home).login;
  const credential = await readCredential(path).catch(() => undefined);
  await removeCredential(path);
  if (credential === undefined) {
    print(context, { signedOut: false }, 'nobody was signed in');
    return EXIT.ok;
  }
  const revoked = await revoke(credential).catch(() => false);
  print(
    context,
    { signedOut: true, revoked },
    revoked
      ? `signed out of ${credential.place.origin}`
      : `the tokens are deleted here, but ${credential.place.origin} did not end them: they end by themselves`,
  );
  return revoked ? EXIT.ok : EXIT.unavailable;
}
