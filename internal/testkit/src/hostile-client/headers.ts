import { attempt, callBody, setHeader } from './call.ts';
import type { ClientAttack } from './target.ts';

const bent = (
  id: string,
  title: string,
  headers: Readonly<Record<string, string>>,
  expect: readonly string[],
): ClientAttack => ({
  id,
  title,
  run: (target) =>
    attempt(target, (call) => {
      for (const [name, value] of Object.entries(headers)) setHeader(call, name, value);
    }),
  expect,
});

/** Headers that lie about the body, the page or the host. */
export const headerAttacks: readonly ClientAttack[] = [
  bent('method-mismatch', 'says tools/list in the header and tools/call in the body', { 'Mcp-Method': 'tools/list' }, [
    'HEADER_MISMATCH',
  ]),
  bent('name-mismatch', 'names another tool in the header', { 'Mcp-Name': 'harmless' }, ['HEADER_MISMATCH']),
  bent('revision-mismatch', 'says another revision in the header', { 'MCP-Protocol-Version': '2025-11-25' }, [
    'HEADER_MISMATCH',
    'SESSION_MISSING',
    'REVISION_UNSUPPORTED',
  ]),
  {
    id: 'wrong-revision',
    title: 'speaks a revision that does not exist',
    run: (target) =>
      attempt(target, (call, marker) => {
        setHeader(call, 'MCP-Protocol-Version', '1999-01-01');
        const meta = {
          'io.modelcontextprotocol/protocolVersion': '1999-01-01',
          'io.modelcontextprotocol/clientCapabilities': {},
        };
        call.body = JSON.stringify(callBody(marker, { _meta: meta }));
      }),
    expect: ['REVISION_UNSUPPORTED'],
  },
  bent('origin-rebinding', 'comes from a web page', { Origin: 'http://evil.example.com' }, ['HOST_REFUSED']),
  bent('null-origin', 'comes from a sandboxed frame', { Origin: 'null' }, ['HOST_REFUSED']),
  bent('host-rebinding', 'asks for another host', { Host: 'evil.example.com' }, ['HOST_REFUSED']),
  bent('wrong-media-type', 'sends JSON as text/plain, as a web form can', { 'Content-Type': 'text/plain' }, [
    'MEDIA_TYPE_REFUSED',
  ]),
  bent('huge-header', 'sends a header of 64 KB', { 'X-Padding': 'x'.repeat(65_536) }, ['HTTP 431', 'closed']),
  {
    id: 'wrong-verb',
    title: 'sends the call as PUT',
    run: (target) =>
      attempt(target, (call) => {
        call.method = 'PUT';
      }),
    expect: ['METHOD_NOT_ALLOWED'],
  },
];
