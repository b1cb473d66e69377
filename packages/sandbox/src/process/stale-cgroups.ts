import { readdirSync, rmdirSync, statSync } from 'node:fs';
import { systemClock } from '@wardmesh/core';
import { STALE_CGROUP_MS } from '../limits.ts';
import { isRunning } from './tree.ts';

const swept = new Set<string>();

/** A group's folder name: whose it is, so that the next start can tell what a killed gateway left. */
export function cgroupName(random: string, owner: number = process.pid): string {
  return `${owner}-${random}`;
}

/** Removes, once per process, the empty groups below `parent` whose owner no longer runs. Full ones the kernel keeps. */
export function sweepStaleCgroups(parent: string, now: number = systemClock.now()): void {
  if (swept.has(parent)) return;
  swept.add(parent);
  for (const name of listFolders(parent)) {
    const owner = Number(/^(\d+)-[0-9a-f]+$/.exec(name)?.[1] ?? 0);
    if (owner === 0 || isRunning(owner)) continue;
    try {
      // A gateway in another process namespace may be about to use a young one.
      if (now - statSync(`${parent}/${name}`).ctimeMs > STALE_CGROUP_MS) rmdirSync(`${parent}/${name}`);
    } catch {
      // In use, or gone meanwhile.
    }
  }
}

function listFolders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
