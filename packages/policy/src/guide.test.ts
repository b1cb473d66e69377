import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCases, testPolicies } from './cases.ts';
import { CATALOGUE } from './catalogue.fixture.ts';
import { PolicyEngine } from './engine.ts';

const guide = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```cedar\n([\s\S]*?)```\s*```json\n([\s\S]*?)```/g)];

describe('docs/policy.md', () => {
  it('has examples', () => {
    expect(examples.length).toBe(2);
  });

  it.each(examples.map(([, policies, table]) => [policies as string, table as string]))('example %#', (text, table) => {
    const loaded = PolicyEngine.load([{ name: 'guide.cedar', text }], CATALOGUE);
    const cases = parseCases(JSON.parse(table));
    if (!loaded.ok || !cases.ok) throw new Error(JSON.stringify([loaded, cases]));
    expect(testPolicies(loaded.value, cases.value).filter((row) => !row.passed)).toEqual([]);
  });
});
