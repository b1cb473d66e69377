import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { isJsonObject, type JsonObject, unwrap } from '@wardmesh/core';
import { packageCommand } from '@wardmesh/gateway/config';
import { PinBook, type StoredServerPins, type ToolDefinition } from '@wardmesh/guard';
import { readLines } from '../read-lines.ts';

/** Packages of the default configuration, with the arguments they need to show their tools. */
const ARGUMENTS = {
  '@modelcontextprotocol/server-filesystem': ['.'],
  '@modelcontextprotocol/server-everything': ['stdio'],
  // It connects to a signer when it is first asked for something.
  '@wardmesh/wallet-mcp': ['--signer', '/nowhere', '--network', 'local'],
} as const;

export const DEFAULT_PACKAGES = Object.keys(ARGUMENTS) as (keyof typeof ARGUMENTS)[];

/** Declared as the gateway does when it looks: some tools are offered only to clients that can answer their questions. */
const CAPABILITIES = { sampling: {}, elicitation: {}, roots: { listChanged: true } };

/** What an installed package offers now, as a review of it. */
export async function observePins(name: keyof typeof ARGUMENTS): Promise<StoredServerPins> {
  const { command, args, version } = packageCommand(name, [import.meta.url]);
  const tools = await offeredTools(command, [...args, ...ARGUMENTS[name]]);
  const reviewedBy = `shipped with Wardmesh, for version ${version}`;
  // No time of day: the file must not change when nothing else did.
  return unwrap(PinBook.firstSight(name, tools, { now: 0, reviewedBy })).pins;
}

async function offeredTools(command: string, args: readonly string[]): Promise<ToolDefinition[]> {
  const child = spawn(command, args, { cwd: tmpdir(), stdio: ['pipe', 'pipe', 'ignore'], env: {} });
  const send = (message: JsonObject) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  try {
    const lines = readLines(child.stdout, 16_777_216);
    const clientInfo = { name: 'wardmesh', version: '0.1.0' };
    send({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: CAPABILITIES, clientInfo },
    });
    await answerTo(1, lines, send);
    send({ method: 'notifications/initialized' });
    // Tools that depend on capabilities are registered once the server has seen `initialized`.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const tools: ToolDefinition[] = [];
    let cursor: string | undefined;
    do {
      send({ id: 2, method: 'tools/list', params: cursor === undefined ? {} : { cursor } });
      const result = await answerTo(2, lines, send);
      if (Array.isArray(result.tools)) tools.push(...(result.tools as unknown as ToolDefinition[]));
      cursor = typeof result.nextCursor === 'string' ? result.nextCursor : undefined;
    } while (cursor !== undefined);
    return tools;
  } finally {
    child.kill('SIGKILL');
  }
}

async function answerTo(
  id: number,
  lines: AsyncGenerator<string>,
  send: (message: JsonObject) => void,
): Promise<JsonObject> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the server ended');
    const message: unknown = JSON.parse(value);
    if (!isJsonObject(message)) continue;
    if (message.id === id && isJsonObject(message.result)) return message.result;
    // Its own questions get the emptiest honest answer.
    if (message.method === 'roots/list') send({ id: message.id as number, result: { roots: [] } });
  }
}
