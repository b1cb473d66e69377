import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { classify, rateTier, type ToolClassQuery, toolClass } from './tool-class.ts';

describe('toolClass', () => {
  verifies('XR-TOOL-1');

  it.each<[string, ToolClassQuery, string]>([
    [
      'what is configured',
      { configured: 'read_only', annotations: { destructiveHint: true }, pinned: true },
      'read_only',
    ],
    ['a pinned read-only hint', { annotations: { readOnlyHint: true }, pinned: true }, 'read_only'],
    ['a pinned destructive hint', { annotations: { destructiveHint: true }, pinned: true }, 'destructive'],
    [
      'hints that contradict each other',
      { annotations: { readOnlyHint: true, destructiveHint: true }, pinned: true },
      'destructive',
    ],
    ['a hint nobody reviewed', { annotations: { readOnlyHint: true }, pinned: false }, 'sensitive'],
    ['a hint that is not a boolean', { annotations: { readOnlyHint: 'true' }, pinned: true }, 'sensitive'],
    ['no hint', { annotations: {}, pinned: true }, 'sensitive'],
    ['nothing', { pinned: false }, 'sensitive'],
  ])('%s', (_title, asked, expected) => {
    expect(toolClass(asked)).toBe(expected);
  });

  it('gives each class its confirmation and tier', () => {
    const rows = (['read_only', 'sensitive', 'destructive'] as const).map((configured) =>
      classify({ configured, pinned: false }),
    );
    expect(rows).toEqual([
      { class: 'read_only', requiresConfirmation: false, tier: 'standard' },
      { class: 'sensitive', requiresConfirmation: true, tier: 'strict' },
      { class: 'destructive', requiresConfirmation: true, tier: 'critical' },
    ]);
    expect(rateTier('destructive')).toBe('critical');
  });
});
