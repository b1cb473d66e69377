import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { type Fixture, startFixture } from '@wardmesh/testkit/fixture';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayHttp } from '../endpoint/http.ts';
import { StdioClient } from '../testing/stdio-client.ts';
import { passTo, TlsFront } from '../testing/tls-front.ts';

const within = 10_000;

function textOf(reply: JsonObject): string {
  const result = isJsonObject(reply.result) ? reply.result : {};
  const content = Array.isArray(result.content) ? result.content.filter(isJsonObject) : [];
  return content.map((item) => String(item.text)).join('');
}

function errorOf(reply: JsonObject): JsonObject {
  return isJsonObject(reply.error) ? reply.error : {};
}

describe('ward connect, in front of a server of the official SDK over TLS', () => {
  let fixture: Fixture;
  let front: TlsFront;
  let client: StdioClient;

  beforeAll(async () => {
    fixture = await startFixture();
    front = await TlsFront.start(passTo(() => fixture.url));
  });
  afterAll(async () => {
    await front.close();
    await fixture.close();
  });
  beforeEach(() => {
    front.seen.length = 0;
    client = new StdioClient({ path: '/mcp', connect: async () => new GatewayHttp(front.endpoint()) });
  });
  afterEach(() => client.bridge.close());

  const call = (name: string, args: JsonObject = {}) => client.request('tools/call', { name, arguments: args });

  describe('in the session era', () => {
    it('opens a session, lists and calls tools, and ends the session with the input', async () => {
      const opened = await client.initialize();
      expect(opened.result).toMatchObject({ protocolVersion: '2025-11-25' });
      const listed = await client.request('tools/list');
      expect(JSON.stringify(listed)).toContain('test_simple_text');
      expect(textOf(await call('test_simple_text'))).toContain('simple text response');
      await client.end();
      expect(front.seen.at(-1)).toBe('DELETE /mcp');
    });

    it('relays progress and log messages while a call runs', async () => {
      await client.initialize();
      await client.request('tools/call', {
        name: 'test_tool_with_progress',
        arguments: {},
        _meta: { progressToken: 'p' },
      });
      const progress = client.notifications.filter((message) => message.method === 'notifications/progress');
      expect(progress.map((message) => (message.params as JsonObject).progress)).toEqual([0, 50, 100]);
      await call('test_tool_with_logging');
      expect(client.notifications.filter((message) => message.method === 'notifications/message').length).toBe(3);
    });

    it("carries the server's own questions to the client and the answers back", async () => {
      client.answers['sampling/createMessage'] = () => ({
        role: 'assistant',
        model: 'test',
        content: { type: 'text', text: 'sampled by the client' },
      });
      await client.initialize({ sampling: {} });
      expect(textOf(await call('test_sampling', { prompt: 'say something' }))).toContain('sampled by the client');
    });

    it('takes up a response where its stream broke off', async () => {
      await client.initialize();
      expect(textOf(await call('test_reconnection'))).not.toBe('');
      expect(front.seen.filter((line) => line === 'GET /mcp').length).toBeGreaterThanOrEqual(2);
    });

    it('relays what a server announces on the stream of the session', async () => {
      await client.initialize();
      await vi.waitFor(() => expect(front.seen).toContain('GET /mcp'), within);
      await call('test_trigger_tool_change');
      const announced = () => client.notifications.map((message) => message.method);
      await vi.waitFor(() => expect(announced()).toContain('notifications/tools/list_changed'), within);
    });

    it('brings a notification into the session that it opened again', async () => {
      await client.initialize();
      await call('test_simple_text');
      const restarted = await startFixture();
      const before = front.handler;
      front.handler = passTo(() => restarted.url);
      client.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
      expect(textOf(await call('test_simple_text'))).toContain('simple text response');
      expect(client.logs.join('\n')).not.toContain('refused');
      front.handler = before;
      await client.bridge.close();
      await restarted.close();
    });

    it('opens the session again when the gateway forgot it, unseen by the client', async () => {
      await client.initialize();
      await call('test_simple_text');
      const restarted = await startFixture();
      const before = front.handler;
      front.handler = passTo(() => restarted.url);
      front.cut();
      await vi.waitFor(() => expect(client.logs.join('\n')).toContain('opening the session again'), within);
      expect(textOf(await call('test_simple_text'))).toContain('simple text response');
      front.handler = before;
      await client.bridge.close();
      await restarted.close();
    });
  });

  describe('in the stateless era', () => {
    it('discovers, lists and calls with the headers the era asks for', async () => {
      expect((await client.stateless('server/discover')).result).toMatchObject({
        supportedVersions: expect.any(Array),
      });
      const listed = await client.stateless('tools/list');
      expect(JSON.stringify(listed)).toContain('test_simple_text');
      const reply = await client.stateless('tools/call', { name: 'test_simple_text', arguments: {} });
      expect(textOf(reply)).toContain('simple text response');
      expect(front.seen.every((line) => line === 'POST /mcp')).toBe(true);
    });

    it('repeats arguments as headers where the listed schema wants it', async () => {
      await client.stateless('tools/list');
      const reply = await client.stateless('tools/call', {
        name: 'test_header_parameter',
        arguments: { region: 'Zürich', tenant: 'a' },
      });
      expect(reply.error).toBeUndefined();
    });

    it('carries a question as an input_required result', async () => {
      const reply = await client.stateless(
        'tools/call',
        { name: 'test_input_required_result_elicitation', arguments: {} },
        { elicitation: {} },
      );
      expect(reply.result).toMatchObject({ resultType: 'input_required' });
    });

    it('cancels by ending the request', async () => {
      let ended = false;
      const before = front.handler;
      front.handler = (_incoming, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': open\n\n');
        response.on('close', () => {
          ended = true;
        });
      };
      void client.stateless('tools/call', { name: 'slow', arguments: {} });
      await vi.waitFor(() => expect(front.seen.length).toBe(1), within);
      client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
      await vi.waitFor(() => expect(ended).toBe(true), within);
      expect(client.lines).toEqual([]);
      front.handler = before;
    });
  });

  describe('authenticated and pinned (CM-CONN-1)', () => {
    verifies('CM-CONN-1');
    const connect = (endpoint: ReturnType<TlsFront['endpoint']>) =>
      new StdioClient({ path: '/mcp', connect: async () => new GatewayHttp(endpoint), patience: 300 });

    it('sends nothing to a gateway whose key is not the pinned one', async () => {
      const other = await TlsFront.start(() => {});
      client = connect({ ...front.endpoint({ pin: other.pin }) });
      const reply = await client.stateless('tools/list');
      expect(errorOf(reply)).toMatchObject({ code: -32001 });
      expect(front.seen).toEqual([]);
      await other.close();
    });

    it('sends nothing to a gateway of another authority', async () => {
      const other = await TlsFront.start(() => {});
      client = connect({ ...other.endpoint(), origin: front.origin });
      expect(errorOf(await client.stateless('tools/list')).data).toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
      expect(front.seen).toEqual([]);
      await other.close();
    });

    it('hands on why a wrong token was refused, under the id of the request', async () => {
      client = connect(front.endpoint({ token: 'ward_local_wrong' }));
      const reply = await client.stateless('tools/list');
      expect(errorOf(reply).data).toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
      expect(client.lines.join()).not.toContain('ward_local_wrong');
    });
  });

  describe('on bad days', () => {
    it('answers lines that are no messages, and goes on', async () => {
      client.raw('not json');
      client.raw('[{"jsonrpc":"2.0","id":1,"method":"ping"}]');
      client.raw('{"jsonrpc":"2.0","id":null,"method":"ping"}');
      client.raw('');
      expect(JSON.stringify(await client.stateless('tools/list'))).toContain('test_simple_text');
      const codes = client.lines.map((line) => errorOf(JSON.parse(line)).code).filter((code) => code !== undefined);
      expect(codes).toEqual([-32700, -32600, -32600]);
    });

    it('waits for a gateway that starts later', async () => {
      let up = false;
      client = new StdioClient({
        path: '/mcp',
        connect: async () => {
          if (!up) throw Object.assign(new Error('none'), { code: 'GATEWAY_NOT_RUNNING' });
          return new GatewayHttp(front.endpoint());
        },
      });
      setTimeout(() => {
        up = true;
      }, 400);
      expect(JSON.stringify(await client.stateless('tools/list'))).toContain('test_simple_text');
    });

    it('says that a call was lost, and never repeats one the gateway may have seen', async () => {
      const before = front.handler;
      front.handler = (incoming) => incoming.socket.destroy();
      const reply = await client.stateless('tools/call', { name: 'pay', arguments: {} });
      expect(errorOf(reply).data).toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
      expect(front.seen.length).toBe(1);
      front.handler = before;
    });

    it('refuses an answer that is no MCP', async () => {
      const before = front.handler;
      front.handler = (_incoming, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      expect(errorOf(await client.stateless('tools/list')).data).toMatchObject({ code: 'GATEWAY_PROTOCOL' });
      front.handler = before;
    });

    it('writes whole single-line messages only, whatever the server sends', async () => {
      const before = front.handler;
      front.handler = (_incoming, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: garbage\n\ndata: {"jsonrpc":"2.0",\ndata: "method":"notifications/x"}\n\n');
        response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
      };
      await client.stateless('tools/list');
      expect(client.lines).toEqual([
        '{"jsonrpc":"2.0","method":"notifications/x"}',
        '{"jsonrpc":"2.0","id":1,"result":{}}',
      ]);
      front.handler = before;
    });
  });
});
