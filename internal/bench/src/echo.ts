/**
 * A complete MCP server without an SDK and without a transport: one tool, `echo`, in both eras. The two echo servers put
 * it behind `node:http` and behind stdio; it is the floor that every measurement is divided by.
 */

const SESSION_VERSIONS = ['2025-06-18', '2025-11-25'];
const STATELESS_VERSION = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const SERVER_INFO = { name: 'wardmesh-echo', version: '1.0.0' };
const CAPABILITIES = { tools: {} };

const ECHO_TOOL = {
  name: 'echo',
  description: 'Returns its message',
  inputSchema: {
    type: 'object',
    properties: { message: { type: 'string' } },
    required: ['message'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: { readonly message?: unknown };
    readonly protocolVersion?: string;
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
}

/** Answers one JSON-RPC message given as text; undefined for notifications and responses, which need no answer. */
export function answer(text: string): string | undefined {
  let message: Message;
  try {
    message = JSON.parse(text) as Message;
  } catch {
    return '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}';
  }
  const { id, method } = message;
  if (id === undefined || method === undefined) return undefined;
  const stateless = message.params?._meta?.[VERSION_KEY] === STATELESS_VERSION;
  if (method === 'tools/call') return call(id, message, stateless);
  const result = stateless ? statelessResult(method) : sessionResult(method, message.params?.protocolVersion);
  if (result === undefined) return failure(id, -32601, 'Method not found');
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result)}}`;
}

/** The measured path: no object is built for the answer. */
function call(id: string | number, { params }: Message, stateless: boolean): string {
  const message = params?.arguments?.message;
  if (params?.name !== 'echo' || typeof message !== 'string') return failure(id, -32602, 'Invalid params');
  const complete = stateless ? '"resultType":"complete",' : '';
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{${complete}"content":[{"type":"text","text":${JSON.stringify(message)}}]}}`;
}

function sessionResult(method: string, requested: string | undefined): object | undefined {
  switch (method) {
    case 'initialize': {
      const protocolVersion = SESSION_VERSIONS.find((version) => version === requested) ?? SESSION_VERSIONS.at(-1);
      return { protocolVersion, capabilities: CAPABILITIES, serverInfo: SERVER_INFO };
    }
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: [ECHO_TOOL] };
    default:
      return undefined;
  }
}

function statelessResult(method: string): object | undefined {
  const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  switch (method) {
    case 'server/discover':
      return {
        ...complete,
        supportedVersions: [STATELESS_VERSION],
        capabilities: CAPABILITIES,
        _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO },
      };
    case 'tools/list':
      return { ...complete, tools: [ECHO_TOOL] };
    default:
      return undefined;
  }
}

function failure(id: string | number, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}
