import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SandboxLimits } from '../profile.ts';
import { Cgroup, findCgroups } from './cgroup.ts';

const LIMITS = { memoryBytes: 2 ** 27, processes: 40 } as SandboxLimits;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ward-cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

// Folders with the kernel's file names: what is written where. That the kernel obeys is shown where a sandbox starts.
describe('control groups', () => {
  test('of version 2 are enabled on the way down and limited', () => {
    verifies('CM-CONN-3');
    writeFileSync(join(root, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
    writeFileSync(join(root, 'cgroup.subtree_control'), '');
    expect(findCgroups(root)).toEqual({ version: 2, controllers: ['memory', 'pids', 'cpu'] });
    const cgroup = Cgroup.create('a', LIMITS, root);
    const read = (file: string): string => readFileSync(join(root, 'wardmesh', file), 'utf8');
    expect(readFileSync(join(root, 'cgroup.subtree_control'), 'utf8')).toBe('+memory +pids +cpu');
    expect(read('cgroup.subtree_control')).toBe('+memory +pids +cpu');
    expect([read('a/memory.max'), read('a/pids.max'), read('a/cpu.max')]).toEqual(['134217728', '40', '100000 100000']);
    expect(cgroup?.doors).toEqual([join(root, 'wardmesh/a/cgroup.procs')]);
  });

  test('of version 1 have a door in each hierarchy', () => {
    for (const name of ['memory', 'pids']) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'cgroup.procs'), '');
    }
    expect(findCgroups(root)).toEqual({ version: 1, controllers: ['memory', 'pids'] });
    const cgroup = Cgroup.create('a', LIMITS, root);
    expect(readFileSync(join(root, 'memory/wardmesh/a/memory.limit_in_bytes'), 'utf8')).toBe('134217728');
    expect(readFileSync(join(root, 'pids/wardmesh/a/pids.max'), 'utf8')).toBe('40');
    expect(cgroup?.doors).toHaveLength(2);
  });

  test('are none where there are none', () => {
    expect(findCgroups(root)).toEqual({ version: 'none', controllers: [] });
    expect(Cgroup.create('a', LIMITS, root)).toBeUndefined();
  });

  test('tell a kill for memory, in either version', () => {
    writeFileSync(join(root, 'cgroup.controllers'), 'memory\n');
    writeFileSync(join(root, 'cgroup.subtree_control'), '');
    const cgroup = Cgroup.create('a', LIMITS, root)!;
    expect(cgroup.memoryKills()).toBe(0);
    writeFileSync(join(root, 'wardmesh/a/memory.events'), 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n');
    expect(cgroup.memoryKills()).toBe(1);
  });

  test('are removed when empty', async () => {
    const support = findCgroups();
    if (support.controllers.length === 0) return;
    const cgroup = Cgroup.create(`test-${process.pid}`, { ...LIMITS })!;
    const folder = dirname(cgroup.doors[0]!);
    expect(existsSync(folder)).toBe(true);
    expect(await cgroup.remove()).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });
});
