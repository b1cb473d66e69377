import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupName, sweepStaleCgroups } from './stale-cgroups.ts';

test('groups that a killed gateway left are removed, those of a living one and young ones are not', () => {
  const parent = mkdtempSync(join(tmpdir(), 'ward-stale-'));
  const dead = 4_194_305; // above the largest pid_max
  for (const name of [cgroupName('aa'), cgroupName('bb', dead), 'other']) mkdirSync(join(parent, name));
  sweepStaleCgroups(`${parent}/.`, Date.now());
  expect(readdirSync(parent)).toHaveLength(3);
  sweepStaleCgroups(parent, Date.now() + 120_000);
  expect(readdirSync(parent).sort()).toEqual([cgroupName('aa'), 'other'].sort());
  rmSync(parent, { recursive: true });
});
