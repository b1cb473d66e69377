import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { recoveryLines } from './recovery-lines.ts';

const CLEAN = {
  fresh: false,
  entries: 5,
  droppedBytes: 0,
  damagedAnchorBytes: 0,
  removedSegments: [],
  closedIntents: [],
};

describe('what a start says it found', () => {
  it('says nothing after a clean stop', () => {
    expect(recoveryLines(CLEAN)).toEqual([]);
  });

  it('names interrupted calls by their receipts, and what was cut off', () => {
    verifies('WM-RCP-2');
    const lines = recoveryLines({
      ...CLEAN,
      droppedBytes: 12,
      damagedAnchorBytes: 3,
      closedIntents: [{ intent: 'a', outcome: 'b' }],
    });
    expect(lines.join('\n')).toContain('1 call was interrupted');
    expect(lines).toContain('  ward audit export --receipt b');
    expect(lines.join('\n')).toContain('12 bytes');
    expect(lines).toHaveLength(4);
  });
});
