import { randomUUID } from 'node:crypto';
import type { Observation } from '../attack.ts';
import type { Target } from './target.ts';
import { codeOf, type RawReply, type SendOptions, send } from './wire.ts';

/** A stateless call (2026-07-28) of the honest tool, before an attack bends it. */
export interface Draft {
  method: string;
  path: string;
  /** In order; a value of undefined leaves the header out. */
  headers: [name: string, value: string | undefined][];
  body: string | Uint8Array;
}

/** What the tool must not come to say. */
export function newMarker(): string {
  return `marker-${randomUUID()}`;
}

/** The body of a call of `act`. */
export function callBody(text: string, extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'act',
      arguments: { text },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'hostile-client', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
      ...extra,
    },
  };
}

/** An honest call with the token of `agent`. */
export function draft(target: Target, text: string, agent = 'local'): Draft {
  const { host, pathname } = new URL(target.url);
  const token = target.tokens[agent];
  return {
    method: 'POST',
    path: pathname,
    headers: [
      ['Host', host],
      ['Authorization', token === undefined ? undefined : `Bearer ${token}`],
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json, text/event-stream'],
      ['MCP-Protocol-Version', '2026-07-28'],
      ['Mcp-Method', 'tools/call'],
      ['Mcp-Name', 'act'],
    ],
    body: JSON.stringify(callBody(text)),
  };
}

/** Replaces a header, adds it, or takes it out (undefined). */
export function setHeader(call: Draft, name: string, value: string | undefined): void {
  const found = call.headers.find(([known]) => known.toLowerCase() === name.toLowerCase());
  if (found) found[1] = value;
  else call.headers.push([name, value]);
}

/** The bytes of a draft; `Content-Length` is added unless the attack chose its own framing. */
export function toBytes({ method, path, headers, body }: Draft): Buffer {
  const payload = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name.trim()));
  const lines = headers.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
  if (!framed) lines.push(`Content-Length: ${payload.length}`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), payload]);
}

/** The attack got through where the tool said what it was told to. */
export function judge(reply: RawReply, marker: string): Observation {
  const through = reply.body.includes(marker);
  return { through, observed: through ? 'call carried out' : codeOf(reply) };
}

/** Bends an honest call, sends it and judges the answer. */
export async function attempt(
  target: Target,
  bend: (call: Draft, marker: string) => void,
  { agent, ...options }: SendOptions & { readonly agent?: string } = {},
): Promise<Observation> {
  const marker = newMarker();
  const call = draft(target, marker, agent);
  bend(call, marker);
  return judge(await send(target, toBytes(call), options), marker);
}
