import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxLimits } from '../profile.ts';
import { sweepStaleCgroups } from './stale-cgroups.ts';

export type CgroupController = 'memory' | 'pids' | 'cpu';

/** What of the control groups we may write. */
export interface CgroupSupport {
  readonly version: 1 | 2 | 'none';
  readonly controllers: readonly CgroupController[];
}

const CONTROLLERS: readonly CgroupController[] = ['memory', 'pids', 'cpu'];
/** Our folder in each hierarchy; every sandbox has its own below it. */
const PARENT = 'wardmesh';
/** Removing a group right after its last process ended can answer EBUSY. */
const REMOVE_TRIES = 40;
const REMOVE_PAUSE_MS = 5;

/** Looks at the machine's control groups (cgroups(7)). Controllers we could not use are left out. */
export function findCgroups(root = '/sys/fs/cgroup'): CgroupSupport {
  if (existsSync(`${root}/cgroup.controllers`)) {
    const offered = readText(`${root}/cgroup.controllers`).trim().split(' ');
    const usable = canWrite(root) && canWrite(`${root}/cgroup.subtree_control`);
    const controllers = usable ? CONTROLLERS.filter((name) => offered.includes(name)) : [];
    return { version: 2, controllers };
  }
  const controllers = CONTROLLERS.filter(
    (name) => existsSync(`${root}/${name}/cgroup.procs`) && canWrite(`${root}/${name}`),
  );
  return existsSync(`${root}/memory`) || controllers.length > 0
    ? { version: 1, controllers }
    : { version: 'none', controllers: [] };
}

/** One sandbox's control group. */
export class Cgroup {
  readonly #folders: readonly string[];
  readonly #root: string;
  readonly #door: string;

  private constructor(root: string, folders: readonly string[], version: 1 | 2) {
    // A single thread that moves itself through `tasks` needs no grace period of the kernel, which saves some 8 ms a start.
    // Version 2 has no such file outside threaded groups.
    this.#door = version === 1 ? 'tasks' : 'cgroup.procs';
    this.#root = root;
    this.#folders = folders;
  }

  /**
   * Makes a group with the profile's limits. Undefined where the machine offers none, or refuses in spite of its promise
   * (then rlimits and the monitor hold alone).
   */
  static create(
    id: string,
    limits: SandboxLimits,
    root = '/sys/fs/cgroup',
    support = findCgroups(root),
  ): Cgroup | undefined {
    if (support.controllers.length === 0) return undefined;
    const made: string[] = [];
    try {
      if (support.version === 2) {
        const enable = support.controllers.map((name) => `+${name}`).join(' ');
        const parent = `${root}/${PARENT}`;
        writeFileSync(`${root}/cgroup.subtree_control`, enable);
        mkdirSync(parent, { recursive: true });
        sweepStaleCgroups(parent);
        writeFileSync(`${parent}/cgroup.subtree_control`, enable);
        made.push(`${parent}/${id}`);
        mkdirSync(made[0]!);
        for (const [file, value] of settings2(support.controllers, limits)) writeSetting(made[0]!, file, value);
      } else {
        for (const name of support.controllers) {
          sweepStaleCgroups(`${root}/${name}/${PARENT}`);
          const folder = `${root}/${name}/${PARENT}/${id}`;
          mkdirSync(folder, { recursive: true });
          made.push(folder);
          for (const [file, value] of settings1(name, limits)) writeSetting(folder, file, value);
        }
      }
      return new Cgroup(root, made, support.version === 2 ? 2 : 1);
    } catch {
      for (const folder of made) tryRemove(folder);
      return undefined;
    }
  }

  /** Files a process writes `0` to in order to join, one a hierarchy. What it starts afterwards is born inside. */
  get doors(): readonly string[] {
    return this.#folders.map((folder) => `${folder}/${this.#door}`);
  }

  /** Whether the kernel killed for memory. */
  memoryKills(): number {
    for (const folder of this.#folders) {
      for (const file of ['memory.events', 'memory.oom_control']) {
        const count = /^oom_kill (\d+)/m.exec(readText(`${folder}/${file}`))?.[1];
        if (count !== undefined) return Number(count);
      }
    }
    return 0;
  }

  /** Every process inside, as seen from the host. */
  members(): number[] {
    const first = this.#folders[0];
    return first === undefined ? [] : readText(`${first}/cgroup.procs`).split('\n').filter(Boolean).map(Number);
  }

  /** Removes the group. @returns false where processes still hold it after some 200 ms. */
  async remove(): Promise<boolean> {
    let left = [...this.#folders];
    for (let i = 0; i < REMOVE_TRIES && left.length > 0; i++) {
      left = left.filter((folder) => !tryRemove(folder));
      if (left.length > 0) await delay(REMOVE_PAUSE_MS);
    }
    return left.length === 0 && existsSync(this.#root);
  }
}

// A trailing ? marks a file that a kernel without swap accounting lacks: without it memory would only move to swap.
function settings1(name: CgroupController, limits: SandboxLimits): [string, string][] {
  if (name === 'memory') {
    return [
      ['memory.limit_in_bytes', String(limits.memoryBytes)],
      ['memory.memsw.limit_in_bytes?', String(limits.memoryBytes)],
    ];
  }
  if (name === 'pids') return [['pids.max', String(limits.processes)]];
  return [
    ['cpu.cfs_period_us', '100000'],
    ['cpu.cfs_quota_us', '100000'],
  ];
}

/** One whole CPU at most: a spinning server leaves the rest to the others. */
function settings2(controllers: readonly CgroupController[], limits: SandboxLimits): [string, string][] {
  const all: Record<CgroupController, [string, string][]> = {
    memory: [
      ['memory.max', String(limits.memoryBytes)],
      ['memory.oom.group', '1'],
      ['memory.swap.max?', '0'],
    ],
    pids: [['pids.max', String(limits.processes)]],
    cpu: [['cpu.max', '100000 100000']],
  };
  return controllers.flatMap((name) => all[name]);
}

function writeSetting(folder: string, file: string, value: string): void {
  const path = `${folder}/${file.replace('?', '')}`;
  if (!file.endsWith('?') || existsSync(path)) writeFileSync(path, value);
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
