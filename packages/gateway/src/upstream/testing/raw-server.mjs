// A stdio MCP server without any library: honest tools, and one tool for each way of misbehaving.
// Arguments: no-session (refuses initialize) · modern (answers server/discover) · die (exits at once) · mute (never answers)
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const flags = new Set(process.argv.slice(2));
if (flags.has('die')) process.exit(3);

const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const waiting = new Map();
const cancelled = new Set();
const subscribed = new Set();
let nextId = 1;
let level = 'unset';
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = `server-${nextId++}`;
    waiting.set(id, resolve);
    write({ id, method, params });
  });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const tools = {
  echo: ({ message }) => text(String(message)),
  pid: () => text(String(process.pid)),
  level: () => text(level),
  subscribed: () => text([...subscribed].join(' ')),
  meta: (_args, { params }) => text(JSON.stringify(params._meta ?? null)),
  sleep: async ({ ms }) => {
    await sleep(ms);
    return text('slept');
  },
  spin: async ({ ms }) => {
    for (const end = Date.now() + ms; Date.now() < end; );
    return text('spun');
  },
  progress: async ({ count }, { params }) => {
    for (let i = 1; i <= count; i++) {
      write({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: i } });
    }
    return text('done');
  },
  'foreign-progress': () => {
    for (let i = 0; i < 3; i++)
      write({ method: 'notifications/progress', params: { progressToken: 'theirs', progress: 1 } });
    write({ method: 'notifications/progress', params: { progressToken: 999_999, progress: 1 } });
    return text('done');
  },
  log: () => {
    write({ method: 'notifications/message', params: { level: 'info', data: 'hello' } });
    return text('logged');
  },
  elicit: async () =>
    text(
      JSON.stringify(
        await ask('elicitation/create', { message: 'who?', requestedSchema: { type: 'object', properties: {} } }),
      ),
    ),
  'url-first': (_args, request) => {
    if (tools.visited) return text('visited');
    tools.visited = true;
    const elicitations = [{ mode: 'url', elicitationId: 'e1', url: 'https://bank.example/', message: 'Sign in' }];
    write({ id: request.id, error: { code: -32042, message: 'Sign in first', data: { elicitations } } });
    return undefined;
  },
  'elicit-url': async () =>
    text(
      JSON.stringify(
        await ask('elicitation/create', { mode: 'url', elicitationId: 'e2', url: 'https://x.example/', message: 'm' }),
      ),
    ),
  odd: async () => text(JSON.stringify(await ask('odd/method', {}))),
  ping: async () => text(JSON.stringify(await ask('ping'))),
  changed: ({ times }) => {
    for (let i = 0; i < times; i++) write({ method: 'notifications/tools/list_changed' });
    return text('changed');
  },
  updated: ({ uri }) => {
    write({ method: 'notifications/resources/updated', params: { uri } });
    return text('updated');
  },
  exit: () => process.exit(7),
  'garbage-once': () => {
    process.stdout.write('starting up...\n{"jsonrpc":"2.0","id":1,"id":1,"result":{}}\n');
    process.stdout.write(Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]));
    process.stdout.write(`${'['.repeat(100)}${']'.repeat(100)}\n`);
    return text('still here');
  },
  garbage: () => {
    process.stdout.write('not json\n'.repeat(500));
  },
  'wrong-id': (_args, { id }) => {
    write({ id: id + 1000, result: text('wrong') });
    write({ id: String(id), result: text('a string') });
    write({ id: null, error: { code: 1, message: 'null' } });
  },
  duplicate: (_args, { id }) => {
    write({ id, result: text('first') });
    write({ id, result: text('second') });
  },
  huge: () => {
    const block = Buffer.alloc(1_048_576, 0x61);
    const more = () => {
      while (process.stdout.write(block));
      process.stdout.once('drain', more);
    };
    process.stdout.write('{"jsonrpc":"2.0","result":{"content":[{"type":"text","text":"');
    more();
  },
  flood: () => {
    const line =
      `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n`.repeat(
        1000,
      );
    const more = () => {
      while (process.stdout.write(line));
      process.stdout.once('drain', more);
    };
    more();
  },
  'stop-reading': () => {
    setInterval(() => {}, 1000);
    process.stdin.pause();
    lines.pause();
  },
  fork: () => {
    const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    return text(String(grandchild.pid));
  },
  eat: async ({ megabytes }) => {
    const eaten = [];
    for (let i = 0; i < megabytes; i++) {
      eaten.push(Buffer.alloc(1_048_576, i));
      await sleep(5);
    }
    await sleep(2_000);
    return text(String(eaten.length));
  },
  stderr: () => {
    process.stderr.write('token=Bearer abcdefghijklmnop\n');
    return text('told');
  },
};

async function answer(request) {
  const { id, method, params } = request;
  switch (method) {
    case 'initialize':
      if (flags.has('no-session'))
        return write({ id, error: { code: -32022, message: 'Unsupported', data: { supported: ['2026-07-28'] } } });
      return write({
        id,
        result: {
          protocolVersion: flags.has('old') ? '2024-11-05' : params.protocolVersion,
          capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true } },
          serverInfo: { name: 'raw', version: '1' },
          instructions: 'be good',
        },
      });
    case 'server/discover':
      if (!flags.has('modern')) return write({ id, error: { code: -32601, message: 'Method not found' } });
      return write({
        id,
        result: {
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: { listChanged: true } },
          _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'raw', version: '1' } },
          ttlMs: 0,
          cacheScope: 'private',
        },
      });
    case 'tools/list': {
      const from = Number(params?.cursor ?? 0);
      const page = Object.keys(tools).slice(from, from + 10);
      return write({
        id,
        result: {
          tools: page.map((name) => ({ name, inputSchema: { type: 'object' } })),
          ...(from + 10 < Object.keys(tools).length && { nextCursor: String(from + 10) }),
        },
      });
    }
    case 'logging/setLevel':
      level = params.level;
      return write({ id, result: {} });
    case 'resources/subscribe':
      subscribed.add(params.uri);
      return write({ id, result: {} });
    case 'resources/unsubscribe':
      subscribed.delete(params.uri);
      return write({ id, result: {} });
    case 'subscriptions/listen': {
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      write({
        method: 'notifications/subscriptions/acknowledged',
        params: { _meta, notifications: params.notifications },
      });
      write({ method: 'notifications/tools/list_changed', params: { _meta } });
      return;
    }
    case 'tools/call': {
      const tool = tools[params.name];
      if (!tool) return write({ id, error: { code: -32602, message: 'Unknown tool' } });
      const result = await tool(params.arguments ?? {}, request);
      if (result !== undefined && !cancelled.has(id)) write({ id, result });
      return;
    }
    default:
      return write({ id, error: { code: -32601, message: 'Method not found' } });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (flags.has('mute')) return;
  const message = JSON.parse(line);
  if (message.method === undefined) {
    waiting.get(message.id)?.(message.result ?? message.error);
    waiting.delete(message.id);
  } else if (message.id !== undefined) void answer(message);
  else if (message.method === 'notifications/cancelled') cancelled.add(message.params.requestId);
});
lines.on('close', () => process.exit(0));
