import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { MAX_REPLAY_STREAMS, MAX_REPLAY_TOTAL } from './limits.ts';

describe('the events kept for resumption', () => {
  verifies('XR-EXEC-4', 'WM-GW-1');

  it('never leave a client that listens without what it waits for, however many streams there are', () => {
    const log = new EventLog();
    const got: string[] = [];
    log.open('first', (text) => got.push(text));
    for (let i = 0; i < MAX_REPLAY_STREAMS * 2; i++) log.open(`other-${i}`, () => {});
    log.write('first', '"the answer"', true);
    expect(got.join('')).toContain('the answer');
  });

  it('forget the oldest that nobody listens to', () => {
    const log = new EventLog();
    for (let i = 0; i <= MAX_REPLAY_STREAMS; i++) {
      log.open(`s-${i}`, () => {});
      log.write(`s-${i}`, '1');
      log.detach(`s-${i}`);
    }
    expect(log.resume('s-0:0')).toBeUndefined();
    expect(log.resume('s-1:0')?.missed).toHaveLength(1);
  });

  it('are bounded in all, whatever vanishes and whatever its size', () => {
    const log = new EventLog();
    for (let i = 0; i < 40; i++) {
      log.open(`gone-${i}`, () => {});
      log.detach(`gone-${i}`);
      log.write(`gone-${i}`, 'x'.repeat(i === 39 ? MAX_REPLAY_TOTAL + 1 : 900_000), true);
      expect(log.kept).toBeLessThanOrEqual(MAX_REPLAY_TOTAL);
    }
    for (let i = 0; i < 40; i++) {
      log.open(`live-${i}`, () => {});
      log.write(`live-${i}`, 'x'.repeat(900_000));
      expect(log.kept).toBeLessThanOrEqual(MAX_REPLAY_TOTAL);
    }
    for (let i = 0; i < 40; i++) log.forget(`live-${i}`);
    for (let i = 0; i < 40; i++) log.forget(`gone-${i}`);
    expect(log.kept).toBe(0);
  });
});
