import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { isCoded } from '@wardmesh/core';
import { findBubblewrap } from './bubblewrap/find.ts';
import { findCgroups } from './process/cgroup.ts';
import { startSandboxed } from './start.ts';

/** One thing this machine can or cannot do to contain a server. */
export interface Capability {
  readonly ok: boolean;
  /** What was found, one line. */
  readonly why: string;
  /** What would help, where it is not ok. */
  readonly hint?: string;
}

/** For `ward doctor`. Only `bubblewrap`, `userNamespaces`, `seccomp` and `start` decide whether servers can start. */
export interface Capabilities {
  readonly platform: Capability;
  readonly bubblewrap: Capability & { readonly path?: string; readonly version?: string };
  readonly userNamespaces: Capability;
  readonly seccomp: Capability;
  readonly cgroup: Capability & { readonly version: 1 | 2 | 'none'; readonly controllers: readonly string[] };
  readonly rlimits: Capability;
  readonly landlock: Capability;
  readonly privilege: Capability & { readonly root: boolean };
  /** A real start of an empty command in the default sandbox. */
  readonly start: Capability & { readonly milliseconds?: number };
}

/** Looks at what this machine can contain, and tries it. Never throws. */
export async function probe(): Promise<Capabilities> {
  return {
    platform: probePlatform(),
    bubblewrap: probeBubblewrap(),
    userNamespaces: probeUserNamespaces(),
    seccomp: probeSeccomp(),
    cgroup: probeCgroup(),
    rlimits: probeRlimits(),
    landlock: probeLandlock(),
    privilege: probePrivilege(),
    start: await probeStart(),
  };
}

function probePlatform(): Capability {
  const ok = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
  const why = `${process.platform} ${process.arch}`;
  return ok ? { ok, why } : { ok, why, hint: 'Sandboxes need Linux on x86_64 or aarch64.' };
}

function probeBubblewrap(): Capabilities['bubblewrap'] {
  try {
    const { path, version } = findBubblewrap();
    return { ok: true, why: `bubblewrap ${version} at ${path}`, path, version };
  } catch (error) {
    const hint = isCoded(error) ? error.hint : undefined;
    return { ok: false, why: (error as Error).message, ...(hint !== undefined && { hint }) };
  }
}

function probeUserNamespaces(): Capability {
  const most = Number(readText('/proc/sys/user/max_user_namespaces') || 0);
  if (most === 0) {
    return { ok: false, why: 'user namespaces are switched off', hint: 'sysctl user.max_user_namespaces=10000' };
  }
  if (readText('/proc/sys/kernel/unprivileged_userns_clone').trim() === '0' && !isRoot()) {
    return { ok: false, why: 'only root may make user namespaces', hint: 'sysctl kernel.unprivileged_userns_clone=1' };
  }
  if (readText('/proc/sys/kernel/apparmor_restrict_unprivileged_userns').trim() === '1' && !isRoot()) {
    return {
      ok: existsSync('/etc/apparmor.d/bwrap-userns-restrict'),
      why: 'AppArmor restricts user namespaces',
      hint: 'Ubuntu: enable the AppArmor profile bwrap-userns-restrict.',
    };
  }
  return { ok: true, why: `${most} user namespaces allowed` };
}

function probeSeccomp(): Capability {
  const actions = readText('/proc/sys/kernel/seccomp/actions_avail').trim();
  return actions.includes('kill_process') && actions.includes('errno')
    ? { ok: true, why: `filter actions: ${actions}` }
    : { ok: false, why: 'the kernel has no seccomp filters', hint: 'A kernel with CONFIG_SECCOMP_FILTER is needed.' };
}

function probeCgroup(): Capabilities['cgroup'] {
  const support = findCgroups();
  const ok = support.controllers.includes('memory') && support.controllers.includes('pids');
  if (ok) return { ok, why: `version ${support.version}: ${support.controllers.join(', ')}`, ...support };
  return {
    ok,
    why: support.version === 'none' ? 'no control groups here' : `version ${support.version}, not writable for us`,
    hint: 'Limits then hold by rlimits and the memory monitor, which reads every 50 ms. Run as root for control groups.',
    ...support,
  };
}

function probeRlimits(): Capability {
  try {
    execFileSync('/bin/sh', ['-c', 'ulimit -c 0 && ulimit -n 64 && { ulimit -u 64 2>/dev/null || ulimit -p 64; }'], {
      env: {},
      stdio: 'ignore',
      timeout: 5_000,
    });
  } catch {
    return { ok: false, why: '/bin/sh cannot set resource limits', hint: 'A POSIX shell with ulimit is needed.' };
  }
  return isRoot()
    ? { ok: true, why: 'set by the shell; the number of tasks is not limited for root, the control group does that' }
    : { ok: true, why: 'set by the shell' };
}

function probeLandlock(): Capability {
  const modules = readText('/sys/kernel/security/lsm');
  return modules.includes('landlock')
    ? { ok: true, why: 'present (not used: the mount table already decides)' }
    : { ok: false, why: 'not found', hint: 'Not needed: the mount table already decides what is seen.' };
}

function probePrivilege(): Capabilities['privilege'] {
  const root = isRoot();
  return root
    ? {
        ok: true,
        root,
        why: 'root: control groups can be used; servers own the files of root that are granted to them',
      }
    : { ok: true, root, why: `user ${process.getuid?.() ?? '?'}` };
}

async function probeStart(): Promise<Capabilities['start']> {
  const begin = performance.now();
  try {
    const sandboxed = await startSandboxed(
      {
        command: '/usr/bin/true',
        args: [],
        read: [],
        write: [],
        env: {},
        network: 'none',
        limits: {
          memoryBytes: 2 ** 26,
          perOperationBytes: 2 ** 26,
          processes: 32,
          fileSizeBytes: 2 ** 20,
          openFiles: 64,
          startTimeoutMs: 10_000,
        },
      },
      'bubblewrap',
    );
    const exit = await sandboxed.exited;
    const milliseconds = Math.round((performance.now() - begin) * 10) / 10;
    if (exit.code === 0) return { ok: true, why: `an empty command ran in ${milliseconds} ms`, milliseconds };
    return { ok: false, why: `an empty command ended with ${exit.signal ?? exit.code}` };
  } catch (error) {
    const details = isCoded(error) ? String(error.details.stderr ?? '').trim() : '';
    return {
      ok: false,
      why: `${(error as Error).message}${details === '' ? '' : `: ${details.split('\n')[0]}`}`,
      hint: 'No server starts in a sandbox until this works. In a container: allow user namespaces (seccomp, AppArmor).',
    };
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function readText(path: string): string {
  try {
    accessSync(path, constants.R_OK);
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
