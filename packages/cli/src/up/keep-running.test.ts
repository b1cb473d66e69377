import { describe, expect, it } from 'vitest';
import { KeepRunning, type Running } from './keep-running.ts';

/** A process whose lives a test begins and ends, on a clock that only moves when something waits. */
function rig(starts: (life: number) => 'runs' | 'fails' = () => 'runs') {
  let now = 0;
  let lives = 0;
  const waits: number[] = [];
  const told: string[] = [];
  let end: (reason: string) => void = () => {};
  const kept = new KeepRunning({
    name: 'x',
    clock: { now: () => now, monotonic: () => now },
    told: (event, fields) => {
      told.push(`${event} ${fields.reason ?? ''}`.trim());
    },
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      now += milliseconds;
      if (waits.length > 12) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    start: async (): Promise<Running> => {
      lives += 1;
      if (starts(lives) === 'fails') throw new Error('no');
      const exited = new Promise<string>((resolve) => {
        end = resolve;
      });
      return { pid: lives, exited, stop: async () => end('stopped') };
    },
  });
  const crash = async (): Promise<void> => {
    const before = lives;
    end('crashed');
    while (lives === before || kept.status().state !== 'running') await new Promise((resolve) => setImmediate(resolve));
  };
  return { kept, crash, waits, told, pass: (milliseconds: number) => (now += milliseconds), lives: () => lives };
}

describe('what ward up keeps running', () => {
  it('is started again after a crash, later each time, and after a quiet time as at first', async () => {
    const { kept, crash, waits, pass } = rig();
    await kept.begin();
    expect(kept.status()).toEqual({ name: 'x', state: 'running', pid: 1, restarts: 0 });
    for (let i = 0; i < 3; i++) await crash();
    expect(waits).toEqual([500, 1_000, 2_000]);
    pass(60_000);
    await crash();
    expect(waits.at(-1)).toBe(500);
    expect(kept.status()).toEqual({ name: 'x', state: 'running', pid: 5, restarts: 4 });
    await kept.stop();
    expect(kept.status().state).toBe('stopped');
  });

  it('rests for minutes once it crashes in a loop', async () => {
    const { kept, waits, told } = rig(() => 'fails');
    await kept.begin();
    while (waits.length < 7) await new Promise((resolve) => setImmediate(resolve));
    expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 300_000, 500, 1_000]);
    expect(told.slice(0, 5)).toEqual(['crash no', 'crash no', 'crash no', 'crash no', 'breaker no']);
    await kept.stop();
  });

  it('goes on without it where the first start fails, and says why', async () => {
    const { kept } = rig((life) => (life === 1 ? 'fails' : 'runs'));
    await kept.begin();
    expect(['starting', 'backing-off', 'running']).toContain(kept.status().state);
    while (kept.status().state !== 'running') await new Promise((resolve) => setImmediate(resolve));
    expect(kept.status()).not.toHaveProperty('error');
    await kept.stop();
  });

  it('is not started again once it was asked to stop', async () => {
    const { kept, lives } = rig();
    await kept.begin();
    await kept.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lives()).toBe(1);
  });
});
