/** What goes into the configuration of MCP clients. Each is the file's own format. */
export interface Snippet {
  readonly client: string;
  readonly file: string;
  readonly text: string;
}

/** Snippets that start `ward connect` on this home. */
export function snippets(ward: string, home: string): Snippet[] {
  const server = { command: ward, args: ['connect'], env: { WARD_HOME: home } };
  const common = JSON.stringify({ mcpServers: { ward: server } });
  return [
    { client: 'Claude Desktop', file: 'claude_desktop_config.json', text: common },
    { client: 'Cursor', file: '.cursor/mcp.json', text: common },
    {
      client: 'VS Code',
      file: '.vscode/mcp.json',
      text: JSON.stringify({ servers: { ward: { type: 'stdio', ...server } } }),
    },
  ];
}
