import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Loose, receiptOf, TestGateway } from './harness.ts';
import { openStream, type Stream, type StreamOptions } from './stream.ts';

const codeOf = (answer: Answer) => answer.message.error?.data?.code;
const textOf = (message: Loose) => message.result.content[0].text as string;
const ASKS = { server: { asks: ['sampling', 'elicitation', 'roots'] } };
let nextId = 5_000;

/** A tools/call whose answer is read as it comes. */
function streamCall(
  t: TestGateway,
  name: string,
  args: JsonObject = {},
  options: StreamOptions & { meta?: JsonObject } = {},
): Promise<Stream> & { id: number } {
  const id = nextId++;
  const params = { name, arguments: args, ...(options.meta && { _meta: options.meta }) };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
  return Object.assign(openStream(t, { method: 'POST', body, ...options }), { id });
}

const outcomes = async (t: TestGateway, tool: string) =>
  (await t.gateway.home.audit.find({ limit: 1_000 })).filter((entry) => entry.toolName === `t.${tool}`);

for (const revision of ['2025-06-18', '2025-11-25'] as const) {
  describe(`a session of ${revision}`, () => {
    verifies('WM-GW-1');
    let t: TestGateway;
    let headers: Record<string, string>;
    beforeAll(async () => {
      t = await TestGateway.start(ASKS);
      const opened = await t.initialize({ elicitation: {}, sampling: {}, roots: {} }, '/servers/t/mcp', revision);
      expect(opened.message.result.protocolVersion).toBe(revision);
      headers = { ...t.sessionHeaders, 'mcp-protocol-version': revision };
    });
    afterAll(() => t.stop());

    const call = (name: string, args: JsonObject = {}, options: StreamOptions & { meta?: JsonObject } = {}) =>
      streamCall(t, name, args, { ...options, headers: { ...headers, ...options.headers } });
    const post = (message: object) => t.raw(JSON.stringify(message), { headers });

    it('opens an event stream for progress and ends it with the answer', async () => {
      const stream = await call('steps', {}, { meta: { progressToken: 'p' } });
      expect(stream.headers['content-type']).toBe('text/event-stream');
      await stream.closed;
      const progress = stream.messages.filter((message) => message.method === 'notifications/progress');
      expect(progress.map((message) => message.params.progress)).toEqual([1, 2, 3]);
      expect(progress[0]?.params.progressToken).toBe('p');
      expect(textOf(stream.messages.at(-1)!)).toBe('stepped');
      expect(new Set(stream.ids).size).toBe(stream.ids.length);
    });

    it('answers with one object where nothing comes before', async () => {
      const stream = await call('echo', { message: 'm' });
      await stream.closed;
      expect(stream.headers['content-type']).toBe('application/json');
    });

    it('brings a question to a client that declared it, and the answer back', async () => {
      const pending = call('question');
      const stream = await pending;
      const question = await stream.until((message) => message.method === 'elicitation/create');
      expect(question.params.message).toBe('[t] Your colour?');
      const taken = await post({
        jsonrpc: '2.0',
        id: question.id,
        result: { action: 'accept', content: { colour: 'green' } },
      });
      expect(taken.status).toBe(202);
      const answer = await stream.until((message) => message.id === pending.id);
      expect(JSON.parse(textOf(answer))).toEqual({ action: 'accept', content: { colour: 'green' } });
      // The question is answered: an answer given again belongs to nothing.
      expect((await post({ jsonrpc: '2.0', id: question.id, result: { action: 'decline' } })).status).toBe(400);
    });

    it('hands a server no answer that does not fit the question', async () => {
      const pending = call('question');
      const stream = await pending;
      const question = await stream.until((message) => message.method === 'elicitation/create');
      await post({ jsonrpc: '2.0', id: question.id, result: { action: 'perhaps' } });
      expect(textOf(await stream.until((message) => message.id === pending.id))).toContain('no valid answer');
    });

    it('never shows a form that asks for a password', async () => {
      const stream = await call('phish');
      await stream.closed;
      expect(stream.text).not.toContain('elicitation/create');
      const [message] = stream.messages.length > 0 ? stream.messages : [JSON.parse(stream.text)];
      expect(textOf(message!)).toContain('must not ask for a secret');
      expect(t.logLines.join('')).toContain('server.question_refused');
    });

    it('brings sampling and roots where the operator allowed them', async () => {
      const sampling = call('sample');
      const stream = await sampling;
      const question = await stream.until((message) => message.method === 'sampling/createMessage');
      const result = { role: 'assistant', content: { type: 'text', text: 'hello' }, model: 'm' };
      await post({ jsonrpc: '2.0', id: question.id, result });
      expect(textOf(await stream.until((message) => message.id === sampling.id))).toContain('hello');
      const asking = call('roots');
      const second = await asking;
      const wanted = await second.until((message) => message.method === 'roots/list');
      await post({ jsonrpc: '2.0', id: wanted.id, result: { roots: [{ uri: 'file:///tmp' }] } });
      expect(textOf(await second.until((message) => message.id === asking.id))).toContain('file:///tmp');
    });

    it('stops a call that the client cancels, and leaves a receipt that says so', async () => {
      const pending = call('slow', { ms: 1_500 });
      await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
      const taken = await post({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: pending.id },
      });
      expect(taken.status).toBe(202);
      const stream = await pending;
      await stream.closed;
      expect(stream.text).not.toContain('done');
      await expect.poll(async () => (await outcomes(t, 'slow')).at(-1)?.operation.errorCode).toBe('CANCELLED');
      expect((await outcomes(t, 'slow')).at(-1)?.receipt?.effect.status).toBe('unknown');
      await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(0);
    });

    it('shows changes of the list on the GET stream', async () => {
      const stream = await openStream(t, { headers });
      expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream']);
      await (await call('relist')).closed;
      await stream.until((message) => message.method === 'notifications/tools/list_changed');
      stream.break();
    });

    it('resumes a broken stream after the last event the client saw, and gives the answer once', async () => {
      const pending = call('slow', { ms: 400 }, { meta: { 'wardmesh/none': 1 } });
      await (await pending).closed;
      const stepping = call('steps', {}, { meta: { progressToken: 'r' } });
      const stream = await stepping;
      await stream.until((message) => message.method === 'notifications/progress');
      const seen = stream.ids.at(-1)!;
      const had = stream.messages.length;
      stream.break();
      await expect.poll(async () => (await outcomes(t, 'steps')).length).toBeGreaterThan(1);
      const resumed = await openStream(t, { headers: { ...headers, 'last-event-id': seen } });
      expect(resumed.status).toBe(200);
      const answer = await resumed.until((message) => message.id === stepping.id);
      expect(textOf(answer)).toBe('stepped');
      await resumed.closed;
      expect(had + resumed.messages.length).toBe(4);
    });

    it('concludes a call whose client vanished, with a receipt', async () => {
      const before = (await outcomes(t, 'slow')).length;
      const stream = call('slow', { ms: 300 }, { meta: { progressToken: 1 } });
      await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
      void stream.then((open) => open.break());
      await expect.poll(async () => (await outcomes(t, 'slow')).length, { timeout: 5_000 }).toBe(before + 1);
      expect((await outcomes(t, 'slow')).at(-1)?.receipt?.effect.status).toBe('ok');
    });

    it('refuses an id that is in flight already', async () => {
      const first = call('slow', { ms: 300 });
      await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
      const again = await post({ jsonrpc: '2.0', id: first.id, method: 'ping' });
      expect(codeOf(again)).toBe('MESSAGE_INVALID');
      await (await first).closed;
    });

    it('ends with DELETE, its streams too', async () => {
      const stream = await openStream(t, { headers });
      const ended = await openStream(t, { method: 'DELETE', headers });
      expect(ended.status).toBe(204);
      await stream.closed;
      const after = await post({ jsonrpc: '2.0', id: 1, method: 'ping' });
      expect([after.status, codeOf(after)]).toEqual([404, 'SESSION_UNKNOWN']);
    });
  });
}

describe('questions that are not put', () => {
  it('refuses sampling unless the operator allowed it, and what the client did not declare', async () => {
    const t = await TestGateway.start();
    await t.initialize({ sampling: {} });
    expect(textOf((await t.call('sample')).message)).toContain('operator does not let');
    expect(textOf((await t.call('question')).message)).toMatch(/does not support elicitation|Method not found/);
    await t.stop();
  });
});

describe('the stateless era', () => {
  verifies('WM-GW-1');
  let t: TestGateway;
  let other: string;
  beforeAll(async () => {
    t = await TestGateway.start({ config: { limits: { tiers: { critical: { requests: 1000 } } } } });
    other = await t.gateway.services.agents.add('other');
  });
  afterAll(() => t.stop());

  const ELICITS = { elicitation: { form: {} } };
  const ask = (args: JsonObject = {}, more: JsonObject = {}, options: Parameters<TestGateway['raw']>[1] = {}) =>
    t.stateless('tools/call', { name: 'question', arguments: args, ...more }, ELICITS, options);

  it('discovers, lists and calls without any session', async () => {
    const found = await t.stateless('server/discover');
    expect(found.message.result.supportedVersions).toContain('2026-07-28');
    const list = await t.stateless('tools/list');
    expect(list.message.result.tools.map((tool: Loose) => tool.name)).toContain('echo');
    const answer = await t.stateless('tools/call', { name: 'echo', arguments: { message: 'm' } });
    expect(textOf(answer.message)).toBe('m');
    expect(answer.message.result.resultType).toBe('complete');
    expect(answer.headers['mcp-session-id']).toBeUndefined();
    expect(receiptOf(answer)).toBeDefined();
  });

  it('turns a question of a session server into input_required, and the retry into the answer: one receipt', async () => {
    const before = (await outcomes(t, 'question')).length;
    const first = await ask();
    const { resultType, inputRequests, requestState } = first.message.result;
    expect(resultType).toBe('input_required');
    const [[key, question]] = Object.entries<Loose>(inputRequests) as [[string, Loose]];
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: '[t] Your colour?' } });
    expect((await outcomes(t, 'question')).length).toBe(before);
    const answer = await ask(
      {},
      { requestState, inputResponses: { [key]: { action: 'accept', content: { colour: 'red' } } } },
    );
    expect(answer.message.result.resultType).toBe('complete');
    expect(JSON.parse(textOf(answer.message))).toEqual({ action: 'accept', content: { colour: 'red' } });
    expect((await outcomes(t, 'question')).length).toBe(before + 1);
    // The state was for once.
    const replay = await ask({}, { requestState, inputResponses: { [key]: { action: 'accept', content: {} } } });
    expect(codeOf(replay)).toBe('STATE_REFUSED');
  });

  it('refuses a state that was altered, is of another call or another agent', async () => {
    const { requestState: state } = (await ask()).message.result;
    const retry = { requestState: state, inputResponses: {} };
    const flipped = state.slice(0, -2) + (state.endsWith('A') ? 'BB' : 'AA');
    expect(codeOf(await ask({}, { ...retry, requestState: flipped }))).toBe('STATE_REFUSED');
    expect(codeOf(await ask({}, { ...retry, requestState: state.replace('ward1.h', 'ward1.a') }))).toBe(
      'STATE_REFUSED',
    );
    expect(codeOf(await ask({}, retry, { token: other }))).toBe('STATE_REFUSED');
    const elsewhere = await t.stateless('tools/call', { name: 'echo', arguments: { message: 'm' }, ...retry }, ELICITS);
    expect(codeOf(elsewhere)).toBe('STATE_REFUSED');
    expect(codeOf(await ask({ more: 1 }, retry))).toBe('STATE_REFUSED');
    // None of these used it up.
    expect((await ask({}, retry)).message.result.resultType).toBe('complete');
  });

  it('is not asked what it did not declare', async () => {
    const answer = await t.stateless('tools/call', { name: 'question', arguments: {} });
    expect(textOf(answer.message)).toMatch(/does not support elicitation|Method not found/);
  });

  it('cancels a call when its client disconnects', async () => {
    const before = (await outcomes(t, 'slow')).length;
    const controller = new AbortController();
    const call = t.stateless(
      'tools/call',
      { name: 'slow', arguments: { ms: 1_500 } },
      {},
      { signal: controller.signal },
    );
    call.catch(() => {});
    await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
    controller.abort();
    await expect.poll(async () => (await outcomes(t, 'slow')).length).toBe(before + 1);
    const [last] = (await outcomes(t, 'slow')).slice(-1);
    expect([last?.operation.errorCode, last?.receipt?.effect.status]).toEqual(['CANCELLED', 'unknown']);
    await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(0);
  });

  it('asks for a parked call with input_required, which is no proof of anything', async () => {
    const write = (more: JsonObject = {}) =>
      t.stateless('tools/call', { name: 'write', arguments: { line: 'mrtr' }, ...more }, ELICITS);
    const first = await write();
    const id = first.message.result._meta['wardmesh/approval'] as string;
    expect(first.message.result.resultType).toBe('input_required');
    const answered = (answer: Answer) => ({
      requestState: answer.message.result.requestState,
      inputResponses: { approval: { action: 'accept', content: {} } },
    });
    // Typing "accept" in the agent's own client changes nothing.
    const second = await write(answered(first));
    expect(second.message.result.resultType).toBe('input_required');
    expect(t.written()).not.toContain('mrtr');
    await t.decide(id);
    const third = await write(answered(second));
    expect(textOf(third.message)).toBe('written');
    expect(t.written().match(/mrtr/g)).toHaveLength(1);
    expect(codeOf(await write(answered(second)))).toBe('STATE_REFUSED');
  });

  it('listens to changes until the client closes the stream', async () => {
    const stream = await openStream(t, {
      method: 'POST',
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'sub',
        method: 'subscriptions/listen',
        params: {
          notifications: { toolsListChanged: true },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    });
    const agreed = await stream.until((message) => message.method === 'notifications/subscriptions/acknowledged');
    expect(agreed.params.notifications).toEqual({ toolsListChanged: true });
    await t.stateless('tools/call', { name: 'relist', arguments: {} });
    const changed = await stream.until((message) => message.method === 'notifications/tools/list_changed');
    expect(changed.params._meta['io.modelcontextprotocol/subscriptionId']).toBe('sub');
    expect(t.gateway.sessions.streamsOf('local')).toBe(1);
    stream.break();
    await expect.poll(() => t.gateway.sessions.streamsOf('local')).toBe(0);
  });

  it('has neither GET nor DELETE', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await openStream(t, { method, headers: { 'mcp-protocol-version': '2026-07-28' } })).status).toBe(405);
    }
  });
});
