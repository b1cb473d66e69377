import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LedgersError } from '../error.ts';
import { XrplNode } from './node.ts';
import type { Story } from './story.ts';
import { judge } from './verdict.ts';

const node = new XrplNode(new URL('wss://node.example'), 0, { connectTimeoutMs: 1, requestTimeoutMs: 1 });
const sought = { hash: 'AA', first: 1, last: 100 };

const validated = (ledgerIndex: number, ledgerHash: string, result: string): Story => ({
  kind: 'validated',
  node,
  transaction: {
    hash: 'AA',
    result,
    ledgerIndex,
    ledgerHash,
    closeTime: 0,
    delivered: undefined,
    position: 0,
    transaction: {},
    meta: {},
  },
});
const absent = (validatedIndex: number, complete = true): Story => ({ kind: 'absent', node, validatedIndex, complete });
const pending: Story = { kind: 'pending', node };
const silent: Story = { kind: 'silent', node, error: new LedgersError('CONNECTION_LOST', 'gone') };

const anyStory = fc.oneof(
  fc
    .record({
      index: fc.integer({ min: 1, max: 100 }),
      hash: fc.constantFrom('11', '22'),
      result: fc.constantFrom('tesSUCCESS', 'tecNO_DST'),
    })
    .map(({ index, hash, result }) => validated(index, hash, result)),
  fc
    .record({ index: fc.integer({ min: 1, max: 200 }), complete: fc.boolean() })
    .map((s) => absent(s.index, s.complete)),
  fc.constantFrom(pending, silent),
);

/** The verdict, or that the stories disagree. */
function verdict(stories: readonly Story[], needed: number): string {
  try {
    return judge(stories, sought, needed).kind;
  } catch (error) {
    return (error as LedgersError).code;
  }
}

describe('judging stories', () => {
  it('takes two that agree, and one where one is asked for', () => {
    const story = validated(7, '11', 'tesSUCCESS');
    expect(judge([story, story], sought, 2)).toMatchObject({ kind: 'validated', confirmedBy: 2 });
    expect(verdict([story], 1)).toBe('validated');
    expect(verdict([story], 2)).toBe('open');
    expect(verdict([absent(100), absent(100)], 2)).toBe('expired');
  });

  it.each<[string, Story]>([
    ['another ledger hash', validated(7, '22', 'tesSUCCESS')],
    ['another index', validated(8, '11', 'tesSUCCESS')],
    ['another result', validated(7, '11', 'tecNO_DST')],
    ['its end', absent(100)],
  ])('finds the disagreement with %s', (_, other) => {
    expect(verdict([validated(7, '11', 'tesSUCCESS'), other], 2)).toBe('ENDPOINTS_DISAGREE');
  });

  it.each<[string, Story]>([
    ['lags', absent(99)],
    ['lacks history', absent(150, false)],
    ['has it open', pending],
    ['is silent', silent],
  ])('waits while a node %s', (_, other) => {
    expect(verdict([validated(7, '11', 'tesSUCCESS'), other], 2)).toBe('open');
    expect(verdict([absent(100), other], 2)).toBe('open');
  });

  it('no single story makes anything final against the others, whatever it is', () => {
    const honest = fc.constantFrom(pending, silent, absent(50), absent(99));
    fc.assert(
      fc.property(anyStory, fc.array(honest, { minLength: 1, maxLength: 3 }), (lie, others) => {
        expect(['open', 'ENDPOINTS_DISAGREE']).toContain(verdict([lie, ...others], 2));
      }),
    );
  });

  it('is final only where as many as needed say the very same', () => {
    fc.assert(
      fc.property(fc.array(anyStory, { maxLength: 5 }), fc.integer({ min: 1, max: 3 }), (stories, needed) => {
        const said = verdict(stories, needed);
        const success = stories.filter(({ kind }) => kind === 'validated').length;
        const ended = stories.filter(
          (s) => s.kind === 'absent' && s.complete && s.validatedIndex >= sought.last,
        ).length;
        if (said === 'validated') expect([success >= needed, ended]).toEqual([true, 0]);
        if (said === 'expired') expect([ended >= needed, success]).toEqual([true, 0]);
      }),
    );
  });
});
