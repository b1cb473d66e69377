import { describe, expect, it } from 'vitest';
import { compareResults } from './compare.ts';
import type { Check, CheckStatus, SuiteResult } from './suite.ts';

const check = (id: string, status: CheckStatus): Check => ({ id, name: id, status });
const run = (checks: Record<string, readonly Check[]>): SuiteResult => new Map(Object.entries(checks));

describe('compareResults', () => {
  const baseline = run({
    ping: [check('ping', 'SUCCESS'), check('wire', 'SUCCESS')],
    tasks: [check('create', 'FAILURE'), check('create', 'SUCCESS'), check('event', 'INFO')],
  });

  it('finds nothing between equal runs, however often an event was logged', () => {
    const same = run({
      ping: [check('wire', 'SUCCESS'), check('ping', 'SUCCESS')],
      tasks: [check('create', 'FAILURE'), check('event', 'INFO'), check('event', 'INFO'), check('create', 'SUCCESS')],
    });
    expect(compareResults(baseline, same)).toEqual([]);
  });

  it.each<[string, Record<string, readonly Check[]>, { scenario: string; check: string; candidate: string }]>([
    [
      'a worse verdict',
      { ping: [check('ping', 'FAILURE'), check('wire', 'SUCCESS')] },
      { scenario: 'ping', check: 'ping', candidate: 'FAILURE' },
    ],
    [
      'a better verdict',
      { tasks: [check('create', 'SUCCESS'), check('create', 'SUCCESS'), check('event', 'INFO')] },
      { scenario: 'tasks', check: 'create', candidate: 'SUCCESS' },
    ],
    ['a missing check', { ping: [check('ping', 'SUCCESS')] }, { scenario: 'ping', check: 'wire', candidate: 'absent' }],
    [
      'a missing repetition',
      { tasks: [check('create', 'FAILURE'), check('event', 'INFO')] },
      { scenario: 'tasks', check: 'create', candidate: 'absent' },
    ],
    [
      'a missing event',
      { tasks: [check('create', 'FAILURE'), check('create', 'SUCCESS')] },
      { scenario: 'tasks', check: 'event', candidate: 'absent' },
    ],
  ])('finds %s', (_title, changed, difference) => {
    const candidate = new Map([...baseline, ...run(changed)]);
    expect(compareResults(baseline, candidate)).toMatchObject([difference]);
  });

  it('finds a scenario that did not run', () => {
    const candidate = new Map([...baseline].slice(1));
    expect(compareResults(baseline, candidate)).toMatchObject([
      { scenario: 'ping', check: '(scenario)', candidate: 'absent' },
    ]);
  });
});
