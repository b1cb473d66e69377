import { CodedError, type JsonObject, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalState } from '../src/front/approval-state.ts';
import { RequestStates } from '../src/front/request-state.ts';
import { Call, type Inbound, LAYERS, type Layer, type LayerName } from '../src/pipeline/call.ts';
import { concludeLayer } from '../src/pipeline/conclude.ts';
import { makeLayers } from '../src/pipeline/index.ts';
import { Pipeline } from '../src/pipeline/run.ts';
import { SecurityEvents } from '../src/pipeline/security-events.ts';
import { TestGateway } from './harness.ts';
import { type Denial, outcomeText } from './layers-support.ts';

const ROUTE = { kind: 'server', server: 't' } as const;
const BEFORE = LAYERS.slice(0, -1) as readonly LayerName[];

let t: TestGateway;
let count = 0;
beforeAll(async () => {
  t = await TestGateway.start({
    variant: 'liar',
    server: { tools: { write: { checks: { '/line': { maxLength: 60 } } } } },
    config: { limits: { tiers: { critical: { requests: 1, burst: 0 } } } },
    policies: {
      'stop.cedar':
        '@id("stop") forbid(principal, action == Ward::Action::"call", resource) when { resource.name == "crash" };',
    },
  });
});
afterAll(() => t.stop());

/** The real layers of a running gateway, its log replaced where a test wants that. */
function realLayers(audit = t.gateway.services.audit): { layers: readonly Layer[]; conclude: Conclude } {
  const services = { ...t.gateway.services, audit };
  const states = new RequestStates(new Uint8Array(32), services.clock, services.random, { spend: async () => true });
  return {
    layers: makeLayers({
      services,
      sessions: t.gateway.sessions,
      approvalState: new ApprovalState(states),
      rules: () => ({ allowedHosts: new Set(['localhost']), allowedOrigins: new Set() }),
      own: async () => undefined,
      stopping: new AbortController().signal,
    }),
    conclude: concludeLayer(services, new SecurityEvents(services)),
  };
}
type Conclude = ConstructorParameters<typeof Pipeline>[1];

/** What each layer fills in for the next, and no check at all. `execute` is the real one: it is what is protected. */
const OPEN: Readonly<Record<Exclude<LayerName, 'execute' | 'conclude'>, Layer['run']>> = {
  transport: () => undefined,
  envelope: (call) => {
    call.body = JSON.parse(new TextDecoder().decode(call.inbound.body));
    call.request = call.body as never;
    call.parsed = { kind: 'request', id: 1, method: 'tools/call', params: call.request.params ?? {} } as never;
    call.revision = '2025-11-25';
    call.era = 'session';
    return undefined;
  },
  authenticate: (call) => {
    call.principal = { id: 'local', roles: ['agent'] };
    call.session = t.gateway.sessions.open(call.principal, ROUTE, '2025-11-25', {});
    return undefined;
  },
  limit: () => undefined,
  resolve: async (call) => {
    const name = String(call.request.params?.name);
    const { catalogue } = t.gateway;
    call.target = {
      kind: 'tool',
      server: 't',
      name,
      tool: (catalogue.tool('t', name) ?? catalogue.tool('t', 'echo'))!,
    };
    call.attached = await call.session.channel('t');
    return undefined;
  },
  validate: (call) => {
    call.arguments = (call.request.params?.arguments ?? {}) as JsonObject;
    return undefined;
  },
  authorise: (call) => {
    call.decision = { effect: 'allow', rules: [], version: 'none' };
    return undefined;
  },
  approve: () => undefined,
  intend: () => undefined,
  screen: () => undefined,
};

function pipelineWith(enabled: readonly LayerName[], audit?: typeof t.gateway.services.audit) {
  const real = realLayers(audit);
  return new Pipeline(
    real.layers.map((layer) =>
      enabled.includes(layer.name) || layer.name === 'execute'
        ? layer
        : { name: layer.name, run: OPEN[layer.name as keyof typeof OPEN] },
    ),
    enabled.includes('conclude') ? real.conclude : async (_call, denial) => denial,
    { onFault: () => {} },
  );
}

interface Planted {
  readonly tool?: string;
  readonly args?: JsonObject;
  readonly text?: (honest: string) => string;
  readonly headers?: Record<string, string | undefined>;
  readonly inbound?: Partial<Inbound>;
  readonly audit?: typeof t.gateway.services.audit;
}

async function send(pipeline: Pipeline, planted: Planted): Promise<{ denial: Denial | undefined; call: Call }> {
  const { tool = 'write', args = { line: 'x' } } = planted;
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } };
  const honest = JSON.stringify(message);
  const session = t.gateway.sessions.open({ id: 'local', roles: ['agent'] }, ROUTE, '2025-11-25', {});
  const call = new Call(
    `test-${++count}`,
    0,
    {
      method: 'POST',
      path: '/servers/t/mcp',
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        authorization: `Bearer ${t.token}`,
        'mcp-session-id': session.id,
        ...planted.headers,
      },
      body: utf8(planted.text?.(honest) ?? honest),
      remoteAddress: '127.0.0.1',
      ...planted.inbound,
    },
    ROUTE,
  );
  call.reply = { notify: () => {}, ask: () => Promise.reject(new Error()), signal: new AbortController().signal };
  const admitted = await pipeline.admit(call);
  return { denial: admitted ? await pipeline.refuse(call, admitted) : await pipeline.run(call), call };
}

const noLog = { append: () => Promise.reject(new CodedError('AUDIT_UNAVAILABLE', 'full')) };
const hidden = 'pay\u202Eevil';

/** What is planted for each layer, and which code it must be stopped with. Needs: layers that only bring facts. */
const FAULTS: readonly [string, LayerName, string, (line: string) => Planted, ...LayerName[]][] = [
  ['transport', 'transport', 'HOST_REFUSED', (line) => ({ args: { line }, headers: { host: 'evil.example' } })],
  [
    'transport',
    'transport',
    'HOST_REFUSED',
    (line) => ({ args: { line }, headers: { origin: 'https://evil.example' } }),
  ],
  [
    'transport',
    'transport',
    'MEDIA_TYPE_REFUSED',
    (line) => ({ args: { line }, headers: { 'content-type': 'text/plain' } }),
  ],
  [
    'input',
    'envelope',
    'JSON_INVALID',
    (line) => ({ text: (all) => all.replace('"line":"x"', `"line":"a","line":"${line}"`) }),
  ],
  [
    'input',
    'envelope',
    'PARAMS_INVALID',
    (line) => ({
      text: (all) => all.replace('"line":"x"', `"line":"${line}"`).replace('"params":{', '"params":{"task":7,'),
    }),
  ],
  ['input', 'validate', 'ARGUMENTS_INVALID', (line) => ({ args: { line, and: 'more' } })],
  ['input', 'validate', 'ARGUMENTS_HIDDEN_TEXT', (line) => ({ args: { line: `${line}${hidden}` } })],
  [
    'authentication',
    'authenticate',
    'AUTHENTICATION_REQUIRED',
    (line) => ({ args: { line }, headers: { authorization: `Bearer ward_local_${'A'.repeat(43)}` } }),
  ],
  [
    'authentication',
    'authenticate',
    'SESSION_UNKNOWN',
    (line) => ({ args: { line }, headers: { 'mcp-session-id': 'someone-elses' } }),
  ],
  ['authorisation', 'authorise', 'POLICY_DENIED', () => ({ tool: 'crash', args: {} })],
  ['authorisation', 'approve', 'APPROVAL_REQUIRED', (line) => ({ args: { line } }), 'authorise'],
  ['business', 'validate', 'ARGUMENTS_REFUSED', (line) => ({ args: { line: line.padEnd(61, '.') } })],
  ['business', 'limit', 'RATE_LIMITED', (line) => ({ args: { line } })],
  ['data', 'resolve', 'TOOL_UNKNOWN', () => ({ tool: 'unpinned', args: {} })],
  ['data', 'intend', 'AUDIT_UNAVAILABLE', (line) => ({ args: { line }, audit: noLog })],
  ['data', 'screen', 'RESULT_INVALID', () => ({ tool: 'sum', args: { a: 1, b: 2 } })],
  ['data', 'conclude', 'AUDIT_UNAVAILABLE', () => ({ tool: 'echo', args: { message: 'm' }, audit: noLog })],
];

describe('six layers, each with the others disabled', () => {
  verifies('XR-DID-1', 'XR-TOOL-2');

  for (const [seed, name, code, plant, ...needs] of FAULTS) {
    it(`${seed}: ${name} alone stops it with ${code}; without it, it gets through`, async () => {
      const line = `fault-${++count}`;
      const planted = plant(line);
      const alone = pipelineWith([name, ...needs], planted.audit);
      if (name === 'limit') await send(alone, planted);
      const { denial, call } = await send(alone, planted);
      expect(denial?.code).toBe(code);
      expect(call.passed.at(-1)).toBe(
        BEFORE[BEFORE.indexOf(name === 'conclude' ? 'screen' : name) - (name === 'conclude' ? 0 : 1)],
      );
      if (name === 'limit') expect(t.written().split(line)).toHaveLength(2);
      else if (name !== 'screen' && name !== 'conclude') expect(t.written()).not.toContain(line);

      // The control: nothing else would have stopped it.
      const open = await send(pipelineWith([], planted.audit), planted);
      expect(open.call.passed).toEqual(BEFORE.slice(0, open.denial ? BEFORE.indexOf('execute') : undefined));
      if (planted.tool === undefined) {
        expect(open.denial).toBeUndefined();
        expect(t.written()).toContain(line);
      } else expect(outcomeText(open)).toMatch(/many|"m"|unknown tool|UPSTREAM_FAILED/);
    });
  }

  it('lets an honest call through with every layer in its place', async () => {
    const pipeline = pipelineWith(LAYERS);
    const { denial, call } = await send(pipeline, { tool: 'echo', args: { message: 'm' } });
    expect(denial).toBeUndefined();
    expect(call.passed).toEqual(BEFORE);
    expect(call.receipt).toBeDefined();
  });
});

describe('whatever a layer throws', () => {
  verifies('XR-FAIL-1', 'XR-ERR-1');
  const THROWN: readonly [string, Layer['run']][] = [
    [
      'an Error',
      () => {
        throw new Error('canary /etc/passwd');
      },
    ],
    ['a TypeError', () => (undefined as unknown as { x: () => undefined }).x()],
    [
      'a coded error nobody knows',
      () => {
        throw new CodedError('STORE_CANARY', 'canary');
      },
    ],
    [
      'a code that an object inherits',
      () => {
        throw new CodedError('constructor', 'canary');
      },
    ],
    [
      'a text',
      () => {
        throw 'canary';
      },
    ],
    [
      'nothing',
      () => {
        throw undefined;
      },
    ],
    ['a rejected promise', () => Promise.reject(new Error('canary'))],
    ['a promise rejected with a text', () => Promise.reject('canary')],
  ];

  for (const name of BEFORE) {
    it(`denies with INTERNAL and a correlation id, and nothing runs: ${name}`, async () => {
      for (const [, run] of THROWN) {
        let executed = 0;
        let faults = 0;
        const layers = BEFORE.map((layer): Layer => {
          if (layer === name) return { name: layer, run };
          if (layer === 'execute') return { name: layer, run: () => void executed++ };
          return { name: layer, run: OPEN[layer as keyof typeof OPEN] };
        });
        const pipeline = new Pipeline(layers, async (_call, denial) => denial, { onFault: () => void faults++ });
        const { denial, call } = await send(pipeline, { tool: 'echo', args: { message: 'm' } });
        expect(denial?.code).toBe('INTERNAL');
        expect(faults).toBe(1);
        expect(executed).toBe(name === 'screen' ? 1 : 0);
        const told = outcomeText({ denial, call });
        expect(told).toContain(call.correlationId);
        expect(told).not.toContain('canary');
      }
    });
  }

  it('withholds the answer where the outcome cannot be concluded', async () => {
    const layers = BEFORE.map(
      (name): Layer => ({ name, run: name === 'execute' ? () => undefined : OPEN[name as keyof typeof OPEN] }),
    );
    const pipeline = new Pipeline(layers, () => Promise.reject(new Error('canary')), { onFault: () => {} });
    const { denial } = await send(pipeline, { tool: 'echo', args: { message: 'm' } });
    expect(denial?.code).toBe('INTERNAL');
  });

  it('denies and gives the place back where the fault cannot even be logged', async () => {
    let released = 0;
    const layers = BEFORE.map((name): Layer => {
      if (name === 'limit') {
        return {
          name,
          run: (call) => {
            call.release = () => void released++;
            return undefined;
          },
        };
      }
      if (name === 'resolve')
        return {
          name,
          run: () => {
            throw new Error('canary');
          },
        };
      return { name, run: name === 'execute' ? () => undefined : OPEN[name as keyof typeof OPEN] };
    });
    const pipeline = new Pipeline(layers, async (_call, denial) => denial, {
      onFault: () => {
        throw new Error('log full');
      },
    });
    expect((await send(pipeline, { tool: 'echo', args: { message: 'm' } })).denial?.code).toBe('INTERNAL');
    expect(released).toBe(1);
  });
});
