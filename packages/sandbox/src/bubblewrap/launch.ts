import { readlinkSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxDeps } from '../deps.ts';
import { type ProxyPlace, proxyVariables } from '../egress/start-proxy.ts';
import { sandboxError } from '../error.ts';
import { isWithin, type Mount } from '../grants.ts';
import { launchCommand } from '../launch/script.ts';
import { type Launch, spawnLaunch } from '../launch/spawn.ts';
import type { Cgroup } from '../process/cgroup.ts';
import type { SandboxProfile } from '../profile.ts';
import { seccompFilter } from '../seccomp/filter.ts';
import { bubblewrapArguments, EGRESS_SCRIPT, EGRESS_SOCKET, SANDBOX_HOME, SANDBOX_PATH } from './arguments.ts';
import { findBubblewrap } from './find.ts';

const ROOTFS = fileURLToPath(new URL('../../rootfs', import.meta.url));
const FORWARD_SCRIPT = fileURLToPath(new URL('../egress/forward.mjs', import.meta.url));

/** Spawns bwrap(1) for a profile. @throws SandboxError SANDBOX_UNAVAILABLE, SANDBOX_PROFILE_INVALID. */
export function launchBubblewrap(
  profile: SandboxProfile,
  mounts: readonly Mount[],
  proxy: ProxyPlace | undefined,
  cgroup: Cgroup | undefined,
  deps: SandboxDeps,
): Launch {
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    throw sandboxError('SANDBOX_UNAVAILABLE', `there is no seccomp filter for ${process.arch}`);
  }
  const bubblewrap = findBubblewrap(deps.bubblewrapPlaces);
  const node = realpathSync(process.execPath);
  const workingDirectory = profile.workingDirectory ?? SANDBOX_HOME;
  if (
    ![...mounts.map((mount) => mount.target), SANDBOX_HOME, '/tmp', '/usr'].some((seen) =>
      isWithin(workingDirectory, seen),
    )
  ) {
    throw sandboxError('SANDBOX_PROFILE_INVALID', `the working directory ${workingDirectory} is not granted`);
  }
  const runtime = dirname(node);
  const options = bubblewrapArguments(
    {
      mounts,
      runtime,
      rootfs: ROOTFS,
      workingDirectory,
      env: {
        // Ours first: a script of `#!/usr/bin/env node` gets the runtime it was tested with.
        PATH: `${runtime}:${SANDBOX_PATH}`,
        HOME: SANDBOX_HOME,
        LANG: 'C.UTF-8',
        ...proxyVariables(proxy),
        ...profile.env,
      },
      ...(proxy !== undefined && { egress: { socket: proxy.socket, script: FORWARD_SCRIPT } }),
    },
    usrLinks(),
  );
  const forwarder =
    proxy === undefined ? undefined : { node, script: EGRESS_SCRIPT, socket: EGRESS_SOCKET, port: proxy.port };
  const command = [profile.command === 'node' ? node : profile.command, ...profile.args];
  const doors = cgroup?.doors ?? [];
  return spawnLaunch(
    bubblewrap.path,
    ['--args', '4', '--', ...launchCommand(profile.limits, command, { cgroups: doors.length, forwarder })],
    {
      env: {},
      cgroups: doors,
      filter: seccompFilter(process.arch),
      args: options,
    },
  );
}

function usrLinks(): Record<string, string> {
  const links: Record<string, string> = {};
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    try {
      links[name] = readlinkSync(`/${name}`);
    } catch {
      // A real folder, or absent: bwrap binds it where it exists.
    }
  }
  return links;
}
