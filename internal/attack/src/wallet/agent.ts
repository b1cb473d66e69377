import { randomUUID } from 'node:crypto';
import { request } from 'node:https';

/** What a tool answered an agent. */
export interface Answer {
  /** `ok`, or the code of the refusal. */
  readonly code: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Every byte of the answer. */
  readonly text: string;
}

/** All that an agent can do: calls of MCP with its own token. */
export interface Agent {
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Any method. */
  ask(method: string, params: Readonly<Record<string, unknown>>, name?: string): Promise<Answer>;
  /** Everything it was ever told. */
  readonly heard: string[];
}

const VERSION = '2026-07-28';

/** An agent of a gateway, in the stateless era. */
export function agentOf(gateway: { readonly url: string; readonly ca: string }, token: string): Agent {
  const heard: string[] = [];
  const ask = async (method: string, params: Readonly<Record<string, unknown>>, name?: string): Promise<Answer> => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': VERSION,
      'io.modelcontextprotocol/clientInfo': { name: 'mallory', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: randomUUID(), method, params: { ...params, _meta: meta } });
    const text = await post(`${gateway.url}/servers/wallet/mcp`, gateway.ca, body, {
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
    });
    heard.push(text);
    return read(text);
  };
  return { heard, ask, call: (tool, args) => ask('tools/call', { name: tool, arguments: args }, tool) };
}

function post(url: string, ca: string, body: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        ca,
        agent: false,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The answer to a call, from JSON or from the last event of a stream. */
function read(text: string): Answer {
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
  const message = parse(events.at(-1) ?? text);
  const { error, result } = message as {
    error?: { message?: string; data?: { code?: string } };
    result?: { isError?: boolean; structuredContent?: Record<string, unknown>; content?: { text?: string }[] };
  };
  if (error !== undefined) return { code: error.data?.code ?? error.message ?? 'error', value: {}, text };
  const value = result?.structuredContent ?? {};
  if (result?.isError === true) {
    const said = result.content?.[0]?.text ?? '';
    const code = String(
      value.code ?? (value.error as { code?: string })?.code ?? /[A-Z][A-Z0-9]*_[A-Z0-9_]+/.exec(said)?.[0] ?? said,
    );
    return { code, value, text };
  }
  return { code: 'ok', value, text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
