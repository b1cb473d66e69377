import { dirname } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { loginByBrowser } from '../login/by-browser.ts';
import { loginByDevice } from '../login/by-device.ts';
import { type Credential, readCredential, writeCredential } from '../login/credential.ts';
import { discover } from '../login/discover.ts';
import { makeDpopKey } from '../login/dpop-key.ts';
import { findPlace, type PlaceOptions } from '../login/place.ts';
import { revoke } from '../login/revoke.ts';
import { rolesLine } from '../login/roles-line.ts';
import { alone, apiOf } from '../login/session.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { print } from '../output/print.ts';

interface Options extends PlaceOptions {
  readonly device?: boolean;
}

export async function login(context: Context, options: Options): Promise<ExitCode> {
  const place = await findPlace(context, options);
  const server = await discover(place);
  const key = server.hasDpop ? makeDpopKey() : null;
  const by = options.device === true ? loginByDevice : loginByBrowser;
  const tokens = await by(context, place, server, key);
  const me = await apiOf(context, { place, key, accessToken: tokens.accessToken }).call('me');
  const path = homePaths(context.home).login;
  const credential: Credential = {
    v: 1,
    place,
    issuer: server.issuer,
    tokenEndpoint: server.token.href,
    revocationEndpoint: server.revocation.href,
    resource: server.resource,
    person: me.id,
    key,
    ...tokens,
    signedInAt: context.clock.now(),
  };
  await makeDirectorySecure(context.home);
  await makeDirectorySecure(dirname(path));
  const before = await alone(path, async () => {
    const known = await readCredential(path).catch(() => undefined);
    await writeCredential(path, credential);
    return known;
  });
  // Nobody will use the one that stood there any more.
  if (before !== undefined) await revoke(before).catch(() => false);
  print(context, { ...me, url: place.origin }, [`signed in to ${place.origin} as ${me.id}`, rolesLine(me.roles)]);
  return EXIT.ok;
}
