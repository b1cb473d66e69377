import { describe, expect, it } from 'vitest';
import { judgeAttempt, renderAttempts } from './attempt.ts';

const attack = { id: 'x', title: 'does x', expect: ['TIMEOUT'] };
const through = { through: true, observed: 'evil' };
const stopped = { through: false, observed: 'TIMEOUT' };

describe('judgeAttempt', () => {
  it.each([
    ['stopped', stopped, through],
    ['got through', through, through],
    ['unexpected', { through: false, observed: 'INTERNAL' }, through],
    ['no control', stopped, { through: false, observed: 'result' }],
  ])('says %s', (verdict, gateway, control) => {
    expect(judgeAttempt(attack, 'server', gateway, control).verdict).toBe(verdict);
  });
});

it('the report counts what is not as it must be', () => {
  const rows = [judgeAttempt(attack, 'server', stopped, through), judgeAttempt(attack, 'server', through, through)];
  expect(renderAttempts(rows)).toContain('2 attempts, 1 NOT');
  expect(renderAttempts(rows.slice(0, 1))).toContain('1 attempts, all stopped');
});
