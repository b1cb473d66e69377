import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { SandboxLimits } from '../profile.ts';
import { MemoryMonitor } from './memory-monitor.ts';

const MEBIBYTE = 1_048_576;
const LIMITS = { memoryBytes: 256 * MEBIBYTE, perOperationBytes: 50 * MEBIBYTE, processes: 32 } as SandboxLimits;

function rig(): { monitor: MemoryMonitor; use: (mebibytes: number, tasks?: number) => void; breaches: string[] } {
  let now = 0;
  let reading = { memoryBytes: 100 * MEBIBYTE, tasks: 11 };
  const breaches: string[] = [];
  const clock = { now: () => 0, monotonic: () => now };
  const monitor = new MemoryMonitor(
    LIMITS,
    clock,
    true,
    () => reading,
    (what) => breaches.push(what),
  );
  return {
    monitor,
    breaches,
    use(mebibytes, tasks = 11) {
      now += 1_000;
      reading = { memoryBytes: mebibytes * MEBIBYTE, tasks };
    },
  };
}

describe('the memory monitor', () => {
  test('grants each operation in flight its share over the use before them', () => {
    verifies('XR-EXEC-2');
    const { monitor, use, breaches } = rig();
    const first = monitor.begin();
    expect(monitor.allowance).toBe(150 * MEBIBYTE);
    monitor.begin();
    expect(monitor.allowance).toBe(200 * MEBIBYTE);
    use(200);
    monitor.check();
    expect(breaches).toEqual([]);
    use(201);
    monitor.check();
    expect(breaches).toEqual(['memory']);
    first();
    monitor.stop();
  });

  test('never grants more than the whole', () => {
    const { monitor } = rig();
    for (let i = 0; i < 10; i++) monitor.begin();
    expect(monitor.allowance).toBe(256 * MEBIBYTE);
    monitor.stop();
  });

  test('moves what a finished operation left into the baseline', () => {
    const { monitor, use, breaches } = rig();
    const first = monitor.begin();
    monitor.begin();
    use(190);
    first();
    expect(monitor.allowance).toBe(190 * MEBIBYTE);
    use(195);
    monitor.check();
    expect(breaches).toEqual(['memory']);
    monitor.stop();
  });

  test('judges an operation when it ends, between two readings', () => {
    const { monitor, use, breaches } = rig();
    const end = monitor.begin();
    use(160);
    end();
    expect(breaches).toEqual(['memory']);
    monitor.stop();
  });

  test('asks for the end once, for tasks too', () => {
    const { monitor, use, breaches } = rig();
    use(100, 33);
    monitor.check();
    monitor.check();
    expect(breaches).toEqual(['tasks']);
    monitor.stop();
  });
});
