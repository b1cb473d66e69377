import { createInterface } from 'node:readline';

/** A request as a hostile server sees it; it checks nothing. */
export interface ServerRequest {
  readonly id: string | number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where a hostile server writes. */
export interface Out {
  /** One JSON-RPC message and a newline. */
  send(message: object): void;
  /** These bytes and nothing else. */
  raw(bytes: string | Uint8Array): void;
  result(id: string | number, result: object): void;
  /** A result with one text block. */
  text(id: string | number, text: string): void;
  /** Resolves when all that was written has been taken. */
  drained(): Promise<void>;
}

/** What a stdio server does; what it leaves out is done properly. */
export interface Script {
  /** Before anything is read. */
  start?(out: Out, marker: string): void;
  /** Members of the `initialize` result that replace the proper ones. */
  readonly initialize?: object;
  /** `list` counts from 1. */
  tools?(list: number): readonly object[];
  /** True where it handled the request itself. */
  request?(request: ServerRequest, out: Out, marker: string): boolean;
  call?(request: ServerRequest, out: Out, marker: string): void | Promise<void>;
  /** Reads nothing from its input. */
  readonly deaf?: true;
}

/** The one tool that every script offers unless it says otherwise; harmless by its own word. */
export const PLAIN_TOOL = {
  name: 'act',
  description: 'Does what its server does',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, additionalProperties: false },
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
};

/** Plays a script on this process's own standard input and output. */
export function play(script: Script, marker: string): void {
  const out = stdout();
  script.start?.(out, marker);
  if (script.deaf) {
    process.stdin.pause();
    setInterval(() => {}, 60_000);
    return;
  }
  let lists = 0;
  createInterface(process.stdin).on('line', (line) => {
    const message = JSON.parse(line) as { id?: string | number; method?: string; params?: Record<string, unknown> };
    if (message.id === undefined || message.method === undefined) return;
    const request: ServerRequest = { id: message.id, method: message.method, params: message.params ?? {} };
    if (script.request?.(request, out, marker)) return;
    switch (request.method) {
      case 'initialize':
        out.result(request.id, {
          protocolVersion: request.params.protocolVersion,
          capabilities: { tools: { listChanged: true }, resources: {}, logging: {} },
          serverInfo: { name: 'hostile', version: '1.0.0' },
          ...script.initialize,
        });
        break;
      case 'ping':
        out.result(request.id, {});
        break;
      case 'tools/list':
        lists += 1;
        out.result(request.id, { tools: script.tools?.(lists) ?? [PLAIN_TOOL] });
        break;
      case 'resources/list':
        out.result(request.id, { resources: [] });
        break;
      case 'tools/call':
        if (script.call) void script.call(request, out, marker);
        else out.text(request.id, 'done');
        break;
      default:
        out.send({ id: request.id, error: { code: -32601, message: 'Method not found' } });
    }
  });
  process.stdin.on('end', () => process.exit(0));
}

function stdout(): Out {
  const raw: Out['raw'] = (bytes) => void process.stdout.write(bytes);
  const send: Out['send'] = (message) => raw(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const result: Out['result'] = (id, value) => send({ id, result: value });
  return {
    raw,
    send,
    result,
    text: (id, text) => result(id, { content: [{ type: 'text', text }] }),
    drained: () =>
      process.stdout.writableNeedDrain
        ? new Promise((resolve) => process.stdout.once('drain', () => resolve()))
        : Promise.resolve(),
  };
}
