import type { Clock } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPILLED_LABELS_FOR } from '../limits.ts';
import { type Flow, type FlowQuery, flowDecision } from './flow.ts';
import { SessionLabels } from './session-labels.ts';

const OUTWARD = { outward: true, labels: [] };
const INWARD = { outward: false, labels: [] };
const STRENGTH: Readonly<Record<Flow, number>> = { ok: 0, confirm: 1, deny: 2 };

class ManualClock implements Clock {
  time = 0;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

describe('flowDecision', () => {
  verifies('WM-IFC-1');

  it.each<[string, FlowQuery, Flow]>([
    ['nothing read', { sessionLabels: [], tool: OUTWARD }, 'ok'],
    ['untrusted text alone', { sessionLabels: ['untrusted'], tool: OUTWARD }, 'ok'],
    ['private data alone', { sessionLabels: ['private'], tool: OUTWARD }, 'ok'],
    ['both, and a tool that stays inside', { sessionLabels: ['private', 'untrusted'], tool: INWARD }, 'ok'],
    ['both, and an outward tool', { sessionLabels: ['private', 'untrusted'], tool: OUTWARD }, 'confirm'],
    [
      'both, denied by configuration',
      { sessionLabels: ['private', 'untrusted'], tool: OUTWARD, onConflict: 'deny' },
      'deny',
    ],
    [
      'private data in the arguments',
      { sessionLabels: ['untrusted'], argumentLabels: ['private'], tool: OUTWARD },
      'confirm',
    ],
    ['other labels', { sessionLabels: ['finance', 'legal'], tool: OUTWARD }, 'ok'],
  ])('%s: %#', (_title, query, expected) => {
    expect(flowDecision(query)).toBe(expected);
  });

  it('is monotone: more labels never loosen it', () => {
    const labels = fc.array(fc.constantFrom('untrusted', 'private', 'finance'));
    fc.assert(
      fc.property(
        labels,
        labels,
        labels,
        fc.boolean(),
        fc.constantFrom('confirm' as const, 'deny' as const),
        (base, more, args, outward, onConflict) => {
          const tool = { outward, labels: [] };
          const few = flowDecision({ sessionLabels: base, tool, onConflict });
          const many = flowDecision({ sessionLabels: [...base, ...more], argumentLabels: args, tool, onConflict });
          expect(STRENGTH[many]).toBeGreaterThanOrEqual(STRENGTH[few]);
        },
      ),
    );
  });
});

describe('SessionLabels', () => {
  verifies('WM-IFC-1');

  it('keeps labels for the session', () => {
    const labels = new SessionLabels({ clock: new ManualClock(), stickyFor: 0 });
    labels.add('bob', 's1', ['untrusted']);
    labels.add('bob', 's1', ['private']);
    expect([...labels.of('bob', 's1')].sort()).toEqual(['private', 'untrusted']);
    expect(labels.of('bob', 's2').size).toBe(0);
    expect(labels.of('eve', 's1').size).toBe(0);
  });

  it('does not let a new session launder them while they stick', () => {
    const clock = new ManualClock();
    const labels = new SessionLabels({ clock, stickyFor: 1_000 });
    labels.add('bob', 's1', ['private']);
    labels.end('bob', 's1');
    clock.time = 999;
    expect([...labels.of('bob', 's2')]).toEqual(['private']);
    clock.time = 5_000;
    // The session that inherited them keeps them; a later one starts clean.
    expect([...labels.of('bob', 's2')]).toEqual(['private']);
    expect(labels.of('bob', 's3').size).toBe(0);
  });

  it('does not confuse one principal and session with another pair', () => {
    const labels = new SessionLabels({ clock: new ManualClock(), stickyFor: 0 });
    labels.add('ab', 'c', ['private']);
    expect(labels.of('a', 'bc').size).toBe(0);
  });

  it('does not forget when flooded with sessions: what no longer fits counts for all', () => {
    verifies('XR-FAIL-1');
    const clock = new ManualClock();
    const labels = new SessionLabels({ clock, stickyFor: 0, capacity: 10 });
    labels.add('bob', 'victim', ['private', 'untrusted']);
    for (let i = 0; i < 50; i++) labels.add('mallory', `s${i}`, ['finance']);
    expect([...labels.of('bob', 'victim')]).toEqual(expect.arrayContaining(['private', 'untrusted']));
    clock.time = SPILLED_LABELS_FOR * 2;
    expect(labels.of('carol', 'new').size).toBe(0);
  });

  it('never shrinks within a session, whatever happens', () => {
    const step = fc.record({
      session: fc.constantFrom('s1', 's2', 's3'),
      labels: fc.array(fc.constantFrom('untrusted', 'private', 'x')),
      wait: fc.nat(2_000),
    });
    fc.assert(
      fc.property(fc.array(step), fc.constantFrom(0, 1_000), (steps, stickyFor) => {
        const clock = new ManualClock();
        const labels = new SessionLabels({ clock, stickyFor });
        const seen = new Map<string, Set<string>>();
        for (const { session, labels: added, wait } of steps) {
          clock.time += wait;
          labels.add('bob', session, added);
          const now = labels.of('bob', session);
          for (const label of seen.get(session) ?? []) expect(now.has(label)).toBe(true);
          seen.set(session, new Set(now));
        }
      }),
    );
  });
});
