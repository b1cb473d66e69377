import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { type PolicyCase, parseCases, testPolicies } from './cases.ts';
import { CATALOGUE, query, tool } from './catalogue.fixture.ts';
import { DEFAULT_POLICY } from './defaults.ts';
import { PolicyEngine } from './engine.ts';
import { explain } from './explain.ts';

function load(text: string): PolicyEngine {
  const loaded = PolicyEngine.load([{ name: 'default.cedar', text }], CATALOGUE);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

describe('explain', () => {
  it('says which policies matched, and which condition of the others failed', () => {
    expect(explain(load(DEFAULT_POLICY), query()).text).toMatchInlineSnapshot(`
      "confirm: sensitive-asks asks for one approval
        not met      read-only (permit, default.cedar:5): when { resource.class == "read_only" }
        matched      sensitive-asks (permit, approval 1, default.cedar:14)
        not met      destructive-asks (permit, approval 1, default.cedar:24): when { resource.class == "destructive" }
        not met      signer-decides (permit, default.cedar:38): when { resource.signer }
        other scope  read-context (permit, default.cedar:47): permit(principal in Ward::Role::"agent", action in [Ward::Action::"read_resource", Ward::Action::"get_prompt", Ward::Action::"complete"], resource)
        not met      outward-flow-asks (permit, approval 1, default.cedar:55): when { resource.outward }; when { context.flow == "confirm" }
        not met      outward-flow-denied (forbid, default.cedar:65): when { context.flow == "deny" }
        not met      quarantined (forbid, default.cedar:70): when { resource.quarantined }"
    `);
  });

  it('names the one condition of several that failed', () => {
    const engine = load(
      'permit(principal, action == Ward::Action::"call", resource) when { resource.class == "sensitive" && context.sandboxed && context.labels.contains("x") } unless { context.flow == "deny" };',
    );
    const [trace] = explain(engine, query({ arguments: { path: 'hunter2' } })).policies;
    expect(trace).toMatchObject({ outcome: 'condition', failed: ['when { context.labels.contains("x") }'] });
  });

  it('tells an evaluation error from a condition that is not met, and shows no argument', () => {
    verifies('XR-FAIL-1');
    const engine = load(
      '@id("sum") permit(principal, action == Ward::Action::"call", resource) when { context.arguments has size && context.arguments.size + 9223372036854775807 > 0 };',
    );
    const explained = explain(engine, query({ arguments: { size: 7, path: 'hunter2' } }));
    expect(explained.policies[0]?.outcome).toBe('error');
    expect(explained.decision.effect).toBe('deny');
    expect(explained.text).not.toContain('hunter2');
  });

  it('agrees with the decision about what matched', () => {
    const engine = load(DEFAULT_POLICY);
    for (const value of ['read_only', 'sensitive', 'destructive'] as const) {
      for (const quarantined of [true, false]) {
        const asked = query({ resource: tool({ class: value, quarantined }) });
        const { decision, policies } = explain(engine, asked);
        const matched = policies.filter((policy) => policy.outcome === 'matched').map((policy) => policy.id);
        for (const rule of decision.rules) expect(matched).toContain(rule);
      }
    }
  });
});

describe('testPolicies', () => {
  const engine = load(DEFAULT_POLICY);
  const row: PolicyCase = { principal: 'bob', tool: 'files.write_file', expect: 'confirm' };

  it.each<[string, PolicyCase, boolean]>([
    ['a right expectation', row, true],
    ['a wrong effect', { ...row, expect: 'allow' }, false],
    ['the right quorum', { ...row, quorum: 1 }, true],
    ['a wrong quorum', { ...row, quorum: 2 }, false],
    ['the right rules', { ...row, rules: ['sensitive-asks'] }, true],
    ['rules that did not decide', { ...row, rules: ['read-only'] }, false],
    ['another action', { ...row, action: 'read_resource', tool: 'files:file:///a', expect: 'allow' }, true],
    ['a quarantined tool', { ...row, quarantined: true, expect: 'deny' }, true],
  ])('%s', (_title, asked, passed) => {
    expect(testPolicies(engine, [asked])[0]?.passed).toBe(passed);
  });

  it.each([
    [{}, 'a list'],
    [[1], 'case 1 must be an object'],
    [[{ principal: 'a', tool: 'a.b' }], 'case 1 has no "expect"'],
    [[{ ...row, colour: 1 }], '"colour" is not known'],
    [[{ ...row, expect: 'maybe' }], '"expect" has a wrong value'],
    [[{ ...row, tool: 'nodot' }], '"tool" has a wrong value'],
    [[{ ...row, constructor: 1 }], '"constructor" is not known'],
  ])('refuses %j', (value, message) => {
    expect(parseCases(value as never)).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });
});
