import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, query, tool } from './catalogue.fixture.ts';
import { DEFAULT_POLICY } from './defaults.ts';
import { PolicyEngine } from './engine.ts';
import type { Decision, PolicyProblem, PolicyQuery } from './model.ts';

function load(...texts: string[]): PolicyEngine {
  const loaded = PolicyEngine.load(
    texts.map((text, index) => ({ name: `p${index + 1}.cedar`, text })),
    CATALOGUE,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

function problems(text: string): readonly PolicyProblem[] {
  const loaded = PolicyEngine.load([{ name: 'p.cedar', text }], CATALOGUE);
  return loaded.ok ? [] : loaded.error;
}

function effect(decision: Decision): string {
  return decision.quorum === undefined ? decision.effect : `${decision.effect} ${decision.quorum}`;
}

const ALL = 'permit(principal, action, resource);';

describe('the default policies', () => {
  verifies('XR-TOOL-1', 'WM-IFC-1');
  const engine = load(DEFAULT_POLICY);

  it.each<[string, Partial<PolicyQuery>, string, string[]]>([
    ['read-only tools run', { resource: tool({ class: 'read_only' }) }, 'allow', ['read-only']],
    ['sensitive tools ask', {}, 'confirm 1', ['sensitive-asks']],
    ['destructive tools ask', { resource: tool({ class: 'destructive' }) }, 'confirm 1', ['destructive-asks']],
    [
      'quarantined tools do not run',
      { resource: tool({ class: 'read_only', quarantined: true }) },
      'deny',
      ['quarantined'],
    ],
    [
      'what the signer decides asks nobody here',
      { resource: tool({ class: 'destructive', signer: true }) },
      'allow',
      ['signer-decides'],
    ],
    [
      'a risky flow asks before the signer too',
      { resource: tool({ class: 'destructive', outward: true, signer: true }), flow: 'confirm' },
      'confirm 1',
      ['outward-flow-asks', 'signer-decides'],
    ],
    [
      'a drifted tool of the signer does not run',
      { resource: tool({ class: 'sensitive', quarantined: true, signer: true }) },
      'deny',
      ['quarantined'],
    ],
    ['another role may nothing', { principal: { id: 'eve', roles: ['ops'] } }, 'deny', []],
    ['no role may nothing', { principal: { id: 'eve', roles: [] } }, 'deny', []],
    [
      'a risky flow asks even through a read-only tool',
      { resource: tool({ class: 'read_only', outward: true }), flow: 'confirm' },
      'confirm 1',
      ['outward-flow-asks', 'read-only'],
    ],
    [
      'a denied flow is denied',
      { resource: tool({ class: 'read_only' }), flow: 'deny' },
      'deny',
      ['outward-flow-denied'],
    ],
    [
      'resources are read',
      { action: 'read_resource', resource: { kind: 'resource', server: 'files', uri: 'file:///a' } },
      'allow',
      ['read-context'],
    ],
    [
      'prompts are filled',
      { action: 'get_prompt', resource: { kind: 'prompt', server: 'files', name: 'p' } },
      'allow',
      ['read-context'],
    ],
  ])('%s', (_title, more, expected, rules) => {
    const decision = engine.decide(query(more));
    expect(effect(decision)).toBe(expected);
    expect(decision.rules).toEqual(rules);
    expect(decision.version).toBe(engine.version);
  });
});

describe('decide', () => {
  verifies('XR-FAIL-1');

  it('denies what no policy speaks of', () => {
    expect(load('').decide(query())).toMatchObject({ effect: 'deny', rules: [], reasons: ['no policy permits it'] });
  });

  it('asks for the largest quorum of all that match, even where another permit asks for none', () => {
    const engine = load(`${ALL} @approval("1") ${ALL} @id("two") @approval("2") ${ALL}`);
    expect(engine.decide(query())).toMatchObject({
      effect: 'confirm',
      quorum: 2,
      rules: ['p1.cedar:1', 'p1.cedar:2', 'two'],
    });
  });

  it('lets a forbid win over any approval', () => {
    expect(effect(load(`@approval("1") ${ALL} forbid(principal, action, resource);`).decide(query()))).toBe('deny');
  });

  it('denies where a policy fails to evaluate, though another permits', () => {
    const engine = load(
      `${ALL} @id("overflow") forbid(principal, action == Ward::Action::"call", resource) when { context.arguments has size && context.arguments.size + 9223372036854775807 > 0 };`,
    );
    const decision = engine.decide(query({ arguments: { size: 5 } }));
    expect(decision).toMatchObject({ effect: 'deny', rules: ['overflow'] });
    expect(effect(engine.decide(query()))).toBe('allow');
  });

  it('never throws, whatever it is asked', () => {
    const engine = load(DEFAULT_POLICY);
    fc.assert(
      fc.property(fc.anything(), (nonsense) => {
        expect(engine.decide(nonsense as PolicyQuery).effect).toBe('deny');
      }),
    );
  });

  it.each<[string, string, JsonObject | undefined, string]>([
    ['text', 'context.arguments has path && context.arguments.path like "*.md"', { path: 'a.md' }, 'allow'],
    ['other text', 'context.arguments has path && context.arguments.path like "*.md"', { path: 'a.sh' }, 'deny'],
    ['an enumeration', 'context.arguments has mode && context.arguments.mode == "append"', { mode: 'append' }, 'allow'],
    ['an integer', 'context.arguments has size && context.arguments.size < 10', { size: 9 }, 'allow'],
    ['a flag that may be null', 'context.arguments has force && !context.arguments.force', { force: false }, 'allow'],
    ['a set', 'context.arguments has tags && context.arguments.tags.contains("x")', { tags: ['x', 'y'] }, 'allow'],
    ['names of all arguments', '!context.argumentNames.contains("options")', { options: {} }, 'deny'],
    ['names of those not shown', 'context.unreadArguments.contains("ratio")', { ratio: 0.5 }, 'allow'],
    ['no arguments', 'context.argumentNames.isEmpty()', undefined, 'allow'],
  ])('shows policies %s', (_title, condition, args, expected) => {
    const engine = load(`permit(principal, action == Ward::Action::"call", resource) when { ${condition} };`);
    expect(effect(engine.decide(query(args === undefined ? {} : { arguments: args })))).toBe(expected);
  });

  it.each([
    ['an integer beyond 2^53', { size: 2 ** 60 }],
    ['overlong text', { path: 'x'.repeat(70_000) }],
    ['null', { path: null }],
  ])('denies where a policy reads an argument it cannot be shown: %s', (_title, args) => {
    const engine = load(
      `${ALL} forbid(principal, action == Ward::Action::"call", resource) when { (context.arguments has path && context.arguments.path like "*secret*") || (context.arguments has size && context.arguments.size > 5) };`,
    );
    expect(effect(engine.decide(query({ arguments: args })))).toBe('deny');
  });

  it('knows time in UTC and the weekday', () => {
    const engine = load(
      'permit(principal, action, resource) when { context.time.weekday <= 5 && context.time.hour >= 8 };',
    );
    expect(effect(engine.decide(query({ now: Date.UTC(2026, 0, 5, 8) })))).toBe('allow');
    expect(effect(engine.decide(query({ now: Date.UTC(2026, 0, 5, 7, 59) })))).toBe('deny');
    expect(effect(engine.decide(query({ now: Date.UTC(2026, 0, 4, 12) })))).toBe('deny');
  });

  it('knows budgets, labels and the sandbox', () => {
    const engine = load(
      'permit(principal, action, resource) when { context.sandboxed && !context.labels.contains("private") && context has budget && context.budget.left >= 5 };',
    );
    const budget = { limit: 10, used: 5, left: 5 };
    expect(effect(engine.decide(query({ budget })))).toBe('allow');
    expect(effect(engine.decide(query({ budget, sandboxed: false })))).toBe('deny');
    expect(effect(engine.decide(query({ budget, labels: ['private'] })))).toBe('deny');
    expect(effect(engine.decide(query({ budget: { ...budget, left: 4 } })))).toBe('deny');
  });
});

describe('the cache', () => {
  it('changes no decision, whatever the order of the questions', () => {
    const text = `${DEFAULT_POLICY}
      @id("small") permit(principal, action == Ward::Action::"call", resource) when { context.arguments has size && context.arguments.size < 3 && context.labels.contains("x") };
      @id("night") forbid(principal, action, resource) when { context.time.hour < 6 };
      @id("server") forbid(principal, action, resource in Ward::Server::"bank");`;
    const cached = load(text);
    const question = fc.record({
      principal: fc.record({
        id: fc.constantFrom('a', 'b'),
        roles: fc.constantFrom(['agent'], ['ops'], ['agent', 'ops']),
      }),
      resource: fc.record({
        kind: fc.constant('tool' as const),
        server: fc.constantFrom('files', 'bank'),
        name: fc.constantFrom('write_file', 'send'),
        class: fc.constantFrom('read_only' as const, 'sensitive' as const),
        outward: fc.boolean(),
        labels: fc.constant([]),
        quarantined: fc.boolean(),
      }),
      arguments: fc.constantFrom<JsonObject>({}, { size: 1 }, { size: 9 }, { path: 'a' }, { options: {} }),
      labels: fc.constantFrom<string[]>([], ['x'], ['y']),
      flow: fc.constantFrom('ok' as const, 'confirm' as const),
      now: fc.constantFrom(Date.UTC(2026, 0, 5, 3), Date.UTC(2026, 0, 5, 12)),
    });
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 4 }), (questions) => {
        for (const part of questions) {
          const asked = query(part);
          const fresh = load(text).decide(asked);
          expect(cached.decide(asked)).toEqual(fresh);
          expect(cached.decide(asked)).toBe(cached.decide(asked));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('ignores what no policy reads', () => {
    const engine = load(DEFAULT_POLICY);
    const first = engine.decide(query({ arguments: { path: 'a' }, now: 0 }));
    expect(engine.decide(query({ arguments: { path: 'b' }, now: 9e9, labels: ['z'] }))).toBe(first);
  });

  it('does not outlive a change of the policies: the next call is decided by the new ones', () => {
    verifies('XR-FAIL-1');
    const before = load(ALL);
    expect(effect(before.decide(query()))).toBe('allow');
    const after = load('forbid(principal, action, resource);');
    expect(effect(after.decide(query()))).toBe('deny');
    expect(after.version).not.toBe(before.version);
    expect(effect(before.decide(query()))).toBe('allow');
  });

  it('has a version that depends on names and texts, not on their order', () => {
    const a = { name: 'a.cedar', text: ALL };
    const b = { name: 'b.cedar', text: 'forbid(principal, action, resource);' };
    const version = (...files: { name: string; text: string }[]): string => {
      const loaded = PolicyEngine.load(files, CATALOGUE);
      return loaded.ok ? loaded.value.version : '';
    };
    expect(version(a, b)).toBe(version(b, a));
    expect(version(a, b)).not.toBe(version(a));
    expect(version(a)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('load', () => {
  it.each<[string, string, Partial<PolicyProblem>]>([
    ['a syntax error', '// é😀\npermit(principal, action, resource) when { a b };', { line: 2, column: 46 }],
    [
      'a misspelled argument',
      '// é😀\n@id("x")\npermit(principal, action == Ward::Action::"call", resource)\nwhen { context.arguments.pathh == "a" };',
      { line: 4, column: 8, hint: 'did you mean `path`?' },
    ],
    [
      'an argument whose presence was not asked',
      'permit(principal, action == Ward::Action::"call", resource) when { context.arguments.path == "a" };',
      { line: 1 },
    ],
    [
      'an argument whose type differs between tools',
      'permit(principal, action == Ward::Action::"call", resource) when { context.arguments has id && context.arguments.id == "a" };',
      { line: 1 },
    ],
    [
      'a misspelled argument behind has',
      'forbid(principal, action == Ward::Action::"call", resource) when { context.arguments has pth && context.arguments.pth == "a" };',
      { line: 1, message: 'policies cannot read the argument "pth"' },
    ],
    [
      'a misspelled member of the context',
      'forbid(principal, action, resource) when { context has budgett };',
      { message: 'the context has no "budgett"' },
    ],
    [
      'a misspelled attribute',
      'forbid(principal, action, resource is Ward::Tool) when { resource has quarantine && resource.quarantine };',
      { line: 1 },
    ],
    ['a wrong type', 'permit(principal, action, resource) when { context.labels == "x" };', { line: 1 }],
    ['an unknown action', 'permit(principal, action == Ward::Action::"fly", resource);', { line: 1 }],
    [
      'an unknown role',
      `${ALL}\n\npermit(principal in Ward::Role::"agnt", action, resource);`,
      { line: 3, column: 1, message: 'no agent has the role "agnt"' },
    ],
    ['an approval that is no number', `@approval("many") ${ALL}`, { line: 1, column: 1 }],
    ['an approval of nobody', `@approval("0") ${ALL}`, { line: 1 }],
    [
      'an approval on a forbid',
      '@approval("1") forbid(principal, action, resource);',
      { line: 1, hint: 'put it on a permit' },
    ],
    ['one id twice', `@id("a") ${ALL}\n@id("a") ${ALL}`, { line: 2, message: '@id("a") is used twice' }],
    [
      'a template',
      'permit(principal == ?principal, action, resource);',
      { message: 'policy templates are not supported' },
    ],
  ])('refuses %s and says where', (_title, text, problem) => {
    expect(problems(text)[0]).toMatchObject({ file: 'p.cedar', ...problem });
  });

  it('reports every file', () => {
    const loaded = PolicyEngine.load(
      [
        { name: 'a.cedar', text: 'x' },
        { name: 'b.cedar', text: 'y' },
      ],
      CATALOGUE,
    );
    expect(loaded.ok ? [] : loaded.error.map((problem) => problem.file)).toEqual(['a.cedar', 'b.cedar']);
  });

  it('numbers policies in the order of the file, beyond ten too', () => {
    const engine = load(Array.from({ length: 12 }, () => ALL).join('\n'));
    expect(engine.policies.map((policy) => `${policy.id}@${policy.line}`)).toEqual(
      Array.from({ length: 12 }, (_, i) => `p1.cedar:${i + 1}@${i + 1}`),
    );
  });
});

describe('visible', () => {
  const bob = { id: 'bob', roles: ['agent'] };

  it.each<[string, string, boolean]>([
    ['no permit', '', false],
    ['a permit', ALL, true],
    ['a permit for another role', 'permit(principal in Ward::Role::"ops", action, resource);', false],
    [
      'a permit for another class',
      'permit(principal, action, resource is Ward::Tool) when { resource.class == "read_only" };',
      false,
    ],
    [
      'a permit that some arguments meet',
      'permit(principal, action == Ward::Action::"call", resource) when { context.arguments has size && context.arguments.size < 3 };',
      true,
    ],
    [
      'a permit that no arguments rescue',
      'permit(principal, action == Ward::Action::"call", resource) when { resource.class == "read_only" && context.sandboxed };',
      false,
    ],
    [
      'a permit with a context-bound unless',
      `permit(principal, action, resource) unless { context.labels.contains("x") };`,
      true,
    ],
    ['a forbid', `${ALL} forbid(principal, action == Ward::Action::"call", resource);`, false],
    [
      'a forbid that some arguments escape',
      `${ALL} forbid(principal, action == Ward::Action::"call", resource) when { context.flow == "confirm" };`,
      true,
    ],
    ['a forbid to list', `${ALL} forbid(principal, action == Ward::Action::"list", resource);`, false],
  ])('%s: %#', (_title, text, expected) => {
    expect(load(text).visible(bob, tool())).toBe(expected);
  });

  it('never hides a tool that could be called', () => {
    const condition = fc.constantFrom(
      'true',
      'resource.outward',
      'context.sandboxed',
      'context.arguments has size && context.arguments.size < 3',
      'resource.class == "sensitive" && context.flow == "ok"',
      'principal.roles.contains("agent") || context.time.hour < 6',
      '!context.labels.contains("x")',
    );
    const policy = fc
      .tuple(fc.constantFrom('permit', 'forbid'), fc.constantFrom('when', 'unless'), condition)
      .map(
        ([kind, clause, body]) => `${kind}(principal, action == Ward::Action::"call", resource) ${clause} { ${body} };`,
      );
    const asked = fc.record({
      arguments: fc.constantFrom<JsonObject>({}, { size: 1 }, { size: 9 }),
      labels: fc.constantFrom<string[]>([], ['x']),
      sandboxed: fc.boolean(),
      flow: fc.constantFrom('ok' as const, 'confirm' as const),
    });
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 4 }), asked, fc.boolean(), (texts, more, outward) => {
        const engine = load(texts.join('\n'));
        const resource = tool({ outward });
        if (engine.decide(query({ ...more, resource })).effect !== 'deny')
          expect(engine.visible(bob, resource)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
