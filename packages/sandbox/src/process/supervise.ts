import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@wardmesh/core';
import type { Launch } from '../launch/spawn.ts';
import { GONE_POLL_MS, KILL_CONFIRM_MS, KILL_GRACE_MS } from '../limits.ts';
import type { SandboxBackend, SandboxLimits } from '../profile.ts';
import type { Cgroup } from './cgroup.ts';
import { MemoryMonitor } from './memory-monitor.ts';
import { isRunning, listTree, measure, signal } from './tree.ts';

export type ExitReason = 'exit' | 'killed' | 'memory' | 'timeout' | 'crash';

export interface SandboxExit {
  readonly code: number | null;
  readonly signal: string | null;
  /**
   * exit: by itself · killed: by `kill()` or for too many tasks · memory: over a memory limit · timeout: out of CPU time ·
   * crash: by a signal that was not ours.
   */
  readonly reason: ExitReason;
}

/** A running sandboxed command. */
export interface SandboxedProcess {
  /** The launcher's process id on the host; its process group and session have the same number. */
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. With bubblewrap nothing of the sandbox lives any more when it resolves. */
  readonly exited: Promise<SandboxExit>;
  /** Ends everything inside: SIGTERM, after a grace SIGKILL. Resolves when it is gone (XR-EXEC-1). */
  kill(): Promise<void>;
  /** Marks an operation in flight for the memory monitor (XR-EXEC-2). Call the answer when it ends. */
  beginOperation(): () => void;
  /** Private and shared memory in use now, bytes. */
  memory(): number;
}

interface Supervised {
  readonly launch: Launch;
  /** bubblewrap: process 1 of the sandbox; none: the command itself. */
  readonly root: number;
  readonly backend: SandboxBackend;
  readonly limits: SandboxLimits;
  readonly clock: Clock;
  readonly cgroup: Cgroup | undefined;
  readonly onExit: () => Promise<void>;
}

export function superviseProcess(it: Supervised): SandboxedProcess {
  const { launch, root, limits } = it;
  const child = launch.child;
  let reason: ExitReason | undefined;
  let ended = false;

  const monitor = new MemoryMonitor(
    limits,
    it.clock,
    it.cgroup !== undefined,
    () => measure(ended ? [] : listTree(root)),
    (what) => {
      reason ??= what === 'memory' ? 'memory' : 'killed';
      killNow();
    },
  );

  const exited = new Promise<SandboxExit>((resolve) => {
    child.once('exit', (code, name) => {
      ended = true;
      monitor.stop();
      if ((it.cgroup?.memoryKills() ?? 0) > 0) reason ??= 'memory';
      // Without a sandbox the group may outlive its leader.
      if (it.backend === 'none') signal(-child.pid!, 'SIGKILL');
      const exit = describeExit(code, name, it.backend);
      const outcome = { ...exit, reason: reason ?? judge(exit, limits) };
      const settle = (): void => resolve(outcome);
      waitGone(root, it.clock).then(it.onExit).then(settle, settle);
    });
  });

  /** Process 1 takes its whole namespace with it, and bwrap ends once all of it is reaped. */
  function killNow(): void {
    if (ended) return;
    if (it.backend === 'bubblewrap') {
      if (!signal(root, 'SIGKILL')) signal(-child.pid!, 'SIGKILL');
      return;
    }
    // Members that left the group are still found below its leader.
    const tree = [...listTree(root), ...(it.cgroup?.members() ?? [])];
    signal(-child.pid!, 'SIGKILL');
    for (const pid of tree) signal(pid, 'SIGKILL');
  }

  async function kill(): Promise<void> {
    if (!ended) {
      reason ??= 'killed';
      // bwrap's own process 1 takes no SIGTERM; the others may want to flush.
      const tree = listTree(root);
      for (const pid of it.backend === 'bubblewrap' ? tree.slice(1) : tree) signal(pid, 'SIGTERM');
      await Promise.race([exited, delay(KILL_GRACE_MS)]);
      killNow();
      await Promise.race([exited, delay(KILL_CONFIRM_MS, undefined, { ref: false })]);
      if (!ended) signal(-child.pid!, 'SIGKILL');
    }
    await exited;
  }

  return {
    pid: child.pid!,
    stdin: launch.stdin,
    stdout: launch.stdout,
    stderr: launch.stderr,
    exited,
    kill,
    beginOperation: () => monitor.begin(),
    memory: () => monitor.check(),
  };
}

/**
 * bwrap ends as soon as the command has; what the command left behind dies with process 1 a moment later. Bounded, because
 * a machine whose init does not reap keeps the number forever.
 */
async function waitGone(pid: number, clock: Clock): Promise<void> {
  const giveUp = clock.monotonic() + KILL_CONFIRM_MS;
  while (isRunning(pid) && clock.monotonic() < giveUp) {
    signal(pid, 'SIGKILL');
    await delay(GONE_POLL_MS);
  }
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** bwrap reports a command that died by signal N as exit status 128 + N, as a shell does. */
function describeExit(
  code: number | null,
  name: string | null,
  backend: SandboxBackend,
): { code: number | null; signal: string | null } {
  const inner = backend === 'bubblewrap' && code !== null && code > 128 ? SIGNAL_NAMES.get(code - 128) : undefined;
  return inner === undefined ? { code, signal: name } : { code: null, signal: inner };
}

function judge(exit: { signal: string | null }, limits: SandboxLimits): ExitReason {
  if (exit.signal === null) return 'exit';
  // A soft limit equal to the hard one gives SIGKILL (setrlimit(2), RLIMIT_CPU).
  const outOfCpu = limits.cpuSeconds !== undefined && (exit.signal === 'SIGXCPU' || exit.signal === 'SIGKILL');
  return outOfCpu ? 'timeout' : 'crash';
}
