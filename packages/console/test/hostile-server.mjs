// An MCP server over stdio that says hostile things wherever it may say anything.
import { createInterface } from 'node:readline';

const HOSTILE = `"><img src=x onerror="window.planted=1"><script>window.planted=1</script>\u202ereversed\u200bhidden`;
const tool = (name, more = {}) => ({
  name,
  title: HOSTILE,
  description: HOSTILE,
  inputSchema: {
    type: 'object',
    properties: {
      note: { type: 'string', description: HOSTILE },
      '<img src=x onerror="window.planted=1">': { type: 'string' },
      constructor: { type: 'string' },
      [HOSTILE.slice(0, 40)]: { type: 'string', description: HOSTILE },
    },
  },
  annotations: { destructiveHint: true, openWorldHint: false, title: HOSTILE },
  ...more,
});
const names = ['plain', 'constructor', 'toString', 'javascript_alert_1', HOSTILE, '<b>bold</b>', 'a\u202eb'];
const answers = {
  initialize: () => ({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: HOSTILE, version: HOSTILE },
    instructions: HOSTILE,
  }),
  'tools/list': () => ({
    tools: process.argv[2] === 'named' ? names.map((name) => tool(name)) : names.slice(0, 4).map((name) => tool(name)),
  }),
  'tools/call': () => ({ content: [{ type: 'text', text: HOSTILE }], isError: true }),
  ping: () => ({}),
};
process.stderr.write(`${HOSTILE}\n`);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  const body = answer ? { result: answer() } : { error: { code: -32601, message: HOSTILE } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
});
