/**
 * A plain SDK proxy, the way most gateways are built: a Server whose handlers call a Client. One pair a session.
 *
 *     node internal/bench/src/sdk-pair.ts --upstream URL [--port N]
 */

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { Server } from '@modelcontextprotocol/server';

const { values } = parseArgs({ options: { upstream: { type: 'string' }, port: { type: 'string' } } });
const upstream = new URL(values.upstream ?? '');
const sessions = new Map<string, NodeStreamableHTTPServerTransport>();

async function openPair(): Promise<NodeStreamableHTTPServerTransport> {
  const client = new Client({ name: 'sdk-pair', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(upstream));
  const server = new Server({ name: 'sdk-pair', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', ({ params }) => client.listTools(params));
  server.setRequestHandler('tools/call', ({ params }) => client.callTool(params));
  const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await server.connect(transport);
  return transport;
}

const listener = createServer((request, response) => {
  const id = request.headers['mcp-session-id'];
  const known = typeof id === 'string' ? sessions.get(id) : undefined;
  void Promise.resolve(known ?? openPair()).then((transport) => transport.handleRequest(request, response));
});
listener.listen(Number(values.port ?? '0'), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${port}/mcp` })}\n`);
});
