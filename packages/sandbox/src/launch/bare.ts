import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { SANDBOX_PATH } from '../bubblewrap/arguments.ts';
import { type ProxyPlace, proxyVariables } from '../egress/start-proxy.ts';
import type { Cgroup } from '../process/cgroup.ts';
import type { SandboxProfile } from '../profile.ts';
import { launchCommand } from './script.ts';
import { type Launch, spawnLaunch } from './spawn.ts';

/** Spawns a command for the backend `none`: limits, an own process group and a clean environment are all it gets. */
export function launchBare(profile: SandboxProfile, proxy: ProxyPlace | undefined, cgroup: Cgroup | undefined): Launch {
  const node = realpathSync(process.execPath);
  const doors = cgroup?.doors ?? [];
  const [shell, ...rest] = launchCommand(
    profile.limits,
    [profile.command === 'node' ? node : profile.command, ...profile.args],
    { cgroups: doors.length },
  );
  return spawnLaunch(shell!, rest, {
    cgroups: doors,
    env: {
      PATH: `${dirname(node)}:${SANDBOX_PATH}`,
      HOME: tmpdir(),
      LANG: 'C.UTF-8',
      ...proxyVariables(proxy),
      ...profile.env,
    },
    cwd: profile.workingDirectory ?? tmpdir(),
  });
}
