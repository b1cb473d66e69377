import { randomBytes } from 'node:crypto';
import { systemClock } from '@wardmesh/core';
import { launchBubblewrap } from './bubblewrap/launch.ts';
import type { SandboxDeps } from './deps.ts';
import { startProxy } from './egress/start-proxy.ts';
import { sandboxError } from './error.ts';
import { resolveGrants } from './grants.ts';
import { launchBare } from './launch/bare.ts';
import { readChildPid, waitReady } from './launch/wait-ready.ts';
import { Cgroup } from './process/cgroup.ts';
import { cgroupName } from './process/stale-cgroups.ts';
import { type SandboxedProcess, superviseProcess } from './process/supervise.ts';
import { assertProfile, type SandboxBackend, type SandboxProfile } from './profile.ts';

/**
 * Starts a command contained by `backend`, and resolves once it runs inside. There is no falling back: what cannot be
 * contained as asked does not start. For the bubblewrap backend the calling thread must outlive the sandbox, which dies
 * with it (PR_SET_PDEATHSIG).
 * @throws SandboxError SANDBOX_UNAVAILABLE, SANDBOX_PROFILE_INVALID, SANDBOX_PATH_REFUSED, SANDBOX_START_FAILED,
 * SANDBOX_START_TIMEOUT.
 */
export async function startSandboxed(
  profile: SandboxProfile,
  backend: SandboxBackend,
  deps: SandboxDeps = {},
): Promise<SandboxedProcess> {
  assertProfile(profile);
  if (process.platform !== 'linux') throw unavailable(`sandboxes need Linux; this is ${process.platform}`);
  const mounts = resolveGrants(profile, deps.wardHome, deps.openInHome);
  const cleanup: (() => unknown)[] = [];
  const releaseAll = async (): Promise<void> => {
    for (const release of cleanup.splice(0).reverse()) await release();
  };
  try {
    const proxy = await startProxy(profile, backend, deps, cleanup);
    const cgroup = makeCgroup(profile, deps, cleanup);
    const launch =
      backend === 'bubblewrap'
        ? launchBubblewrap(profile, mounts, proxy, cgroup, deps)
        : launchBare(profile, proxy, cgroup);
    await waitReady(launch, profile, backend);
    const root = backend === 'bubblewrap' ? await readChildPid(launch) : launch.child.pid!;
    launch.release();
    return superviseProcess({
      launch,
      root,
      backend,
      limits: profile.limits,
      clock: deps.clock ?? systemClock,
      cgroup,
      onExit: releaseAll,
    });
  } catch (error) {
    await releaseAll();
    throw error;
  }
}

function makeCgroup(profile: SandboxProfile, deps: SandboxDeps, cleanup: (() => unknown)[]): Cgroup | undefined {
  if (deps.cgroupRoot === null) return undefined;
  const cgroup = Cgroup.create(cgroupName(randomBytes(8).toString('hex')), profile.limits, deps.cgroupRoot);
  // Not awaited: the kernel may need a moment after the last process is gone, and nobody waits for the folder.
  if (cgroup !== undefined) cleanup.push(() => void cgroup.remove());
  return cgroup;
}

function unavailable(message: string): Error {
  return sandboxError('SANDBOX_UNAVAILABLE', message, {
    hint: 'Run `ward doctor`. Only `sandbox: none` starts a server uncontained; every receipt will show it.',
  });
}
