import { verifies } from '@wardmesh/testkit';
import { expect, it } from 'vitest';
import { render } from './report.ts';
import { runConformance } from './run.ts';

it('the official suite and Inspector find no difference between the bare fixture and the gateway, in both eras', async () => {
  verifies('WM-GW-1');
  verifies('WM-GW-2');
  const report = await runConformance('gateway');
  expect(report.ok, render(report)).toBe(true);
  expect(report.sets.map(({ target, passed, failed }) => [target, passed, failed])).toEqual([
    ['bare', 84, 0],
    ['bare', 164, 30],
    ['gateway', 84, 0],
    ['gateway', 164, 30],
    ['gateway', 3, 0],
  ]);
}, 300_000);
