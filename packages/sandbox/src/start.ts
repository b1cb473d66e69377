import { randomBytes } from 'node:crypto';
import { mkdtempSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@wardmesh/core';
import {
  bubblewrapArguments,
  EGRESS_SCRIPT,
  EGRESS_SOCKET,
  SANDBOX_HOME,
  SANDBOX_PATH,
} from './bubblewrap/arguments.ts';
import { findBubblewrap } from './bubblewrap/find.ts';
import type { Dial, EgressEvent, Resolver, SecretSource } from './egress/ports.ts';
import { EgressProxy } from './egress/proxy.ts';
import { sandboxError } from './error.ts';
import { isWithin, type Mount, resolveGrants } from './grants.ts';
import { launchCommand } from './launch/script.ts';
import { type Launch, spawnLaunch } from './launch/spawn.ts';
import { FORWARDER_PORT, MAX_SOCKET_PATH, START_ERROR_BYTES } from './limits.ts';
import { Cgroup } from './process/cgroup.ts';
import { cgroupName } from './process/stale-cgroups.ts';
import { type SandboxedProcess, superviseProcess } from './process/supervise.ts';
import { assertProfile, type SandboxBackend, type SandboxProfile } from './profile.ts';
import { seccompFilter } from './seccomp/filter.ts';

export interface SandboxDeps {
  /** The gateway's home; never granted. */
  readonly wardHome?: string;
  /** Folders inside the home that may be granted: the workspace. */
  readonly openInHome?: readonly string[];
  /** Where the proxy's socket is made; must be short. Default: the system's temporary folder. */
  readonly runtimeDirectory?: string;
  /** Asked for the secrets of egress rules. Without it, rules with secrets are refused. */
  readonly secrets?: SecretSource;
  readonly resolver?: Resolver;
  readonly dial?: Dial;
  /** Certificate authorities for the egress proxy's upstreams, PEM. */
  readonly ca?: string | readonly string[];
  readonly onEgress?: (event: EgressEvent) => void;
  readonly clock?: Clock;
  /** Root of the control groups; null uses none. Default /sys/fs/cgroup. */
  readonly cgroupRoot?: string | null;
  /** Where bwrap is looked for, instead of the usual places. */
  readonly bubblewrapPlaces?: readonly string[];
}

const ROOTFS = fileURLToPath(new URL('../rootfs', import.meta.url));
const FORWARD_SCRIPT = fileURLToPath(new URL('./egress/forward.mjs', import.meta.url));

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

interface ProxyPlace {
  readonly socket: string;
  /** Where clients reach it: the forwarder's port inside, or the proxy's own without sandbox. */
  readonly port: number;
}

async function startProxy(
  profile: SandboxProfile,
  backend: SandboxBackend,
  deps: SandboxDeps,
  cleanup: (() => unknown)[],
): Promise<ProxyPlace | undefined> {
  if (profile.network === 'none') return undefined;
  const proxy = new EgressProxy(profile.network.egress, {
    secrets: deps.secrets ?? { get: () => undefined },
    ...(deps.resolver !== undefined && { resolver: deps.resolver }),
    ...(deps.dial !== undefined && { dial: deps.dial }),
    ...(deps.ca !== undefined && { ca: deps.ca }),
    ...(deps.onEgress !== undefined && { onEvent: deps.onEgress }),
  });
  cleanup.push(() => proxy.close());
  if (backend === 'none') return { socket: '', port: await proxy.listen({ port: 0 }) };
  const folder = mkdtempSync(join(deps.runtimeDirectory ?? tmpdir(), 'ward-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'egress.sock');
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH)
    throw unavailable('the runtime folder has too long a path for a socket');
  await proxy.listen(socket);
  return { socket, port: FORWARDER_PORT };
}

function launchBubblewrap(
  profile: SandboxProfile,
  mounts: readonly Mount[],
  proxy: ProxyPlace | undefined,
  cgroup: Cgroup | undefined,
  deps: SandboxDeps,
): Launch {
  if (process.arch !== 'x64' && process.arch !== 'arm64') throw unavailable(`no seccomp filter for ${process.arch}`);
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

function launchBare(profile: SandboxProfile, proxy: ProxyPlace | undefined, cgroup: Cgroup | undefined): Launch {
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

/** What HTTP clients look for. NODE_USE_ENV_PROXY makes Node's own fetch and http look too. */
function proxyVariables(proxy: ProxyPlace | undefined): Record<string, string> {
  if (proxy === undefined) return {};
  const url = `http://127.0.0.1:${proxy.port}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NODE_USE_ENV_PROXY: '1' };
}

async function waitReady(launch: Launch, profile: SandboxProfile, backend: SandboxBackend): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), profile.limits.startTimeoutMs);
  });
  const outcome = await Promise.race([launch.ready, timeout]);
  clearTimeout(timer);
  if (outcome === true) return;
  killLaunch(launch);
  if (outcome === 'timeout') {
    throw sandboxError('SANDBOX_START_TIMEOUT', `the sandbox was not ready in ${profile.limits.startTimeoutMs} ms`);
  }
  const words = await readStartError(launch);
  if (backend === 'bubblewrap' && words.includes('bwrap:')) {
    throw sandboxError('SANDBOX_UNAVAILABLE', 'bubblewrap could not make the sandbox', {
      hint: 'Run `ward doctor`: it says what this machine can contain and why not.',
      details: { stderr: words },
    });
  }
  throw sandboxError('SANDBOX_START_FAILED', 'the sandbox ended before its command began', {
    details: { stderr: words },
  });
}

function killLaunch(launch: Launch): void {
  try {
    if (launch.child.pid !== undefined) process.kill(-launch.child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

async function readStartError(launch: Launch): Promise<string> {
  let text = '';
  if (launch.child.pid === undefined) return text;
  launch.release();
  for await (const chunk of launch.stderr) {
    text += String(chunk);
    if (text.length > START_ERROR_BYTES) break;
  }
  return text.slice(0, START_ERROR_BYTES);
}

/** Process 1 of the sandbox, as the host numbers it. */
async function readChildPid(launch: Launch): Promise<number> {
  const pid = /"child-pid":\s*(\d+)/.exec((await launch.status) ?? '')?.[1];
  if (pid === undefined) {
    killLaunch(launch);
    throw sandboxError('SANDBOX_START_FAILED', 'bubblewrap did not name its child');
  }
  return Number(pid);
}

function makeCgroup(profile: SandboxProfile, deps: SandboxDeps, cleanup: (() => unknown)[]): Cgroup | undefined {
  if (deps.cgroupRoot === null) return undefined;
  const cgroup = Cgroup.create(cgroupName(randomBytes(8).toString('hex')), profile.limits, deps.cgroupRoot);
  // Not awaited: the kernel may need a moment after the last process is gone, and nobody waits for the folder.
  if (cgroup !== undefined) cleanup.push(() => void cgroup.remove());
  return cgroup;
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

function unavailable(message: string): Error {
  return sandboxError('SANDBOX_UNAVAILABLE', message, {
    hint: 'Run `ward doctor`. Only `sandbox: none` starts a server uncontained; every receipt will show it.',
  });
}
