import { attempt } from './call.ts';
import type { ClientAttack } from './target.ts';

/** Spellings of the honest server's path, or of one beside it, that only a decoder or a normaliser would accept. */
const TRICKS = {
  'encoded-parent': '/servers/..%2fservers%2fhonest/mcp',
  'dot-segments': '/servers/other/../honest/mcp',
  'encoded-slash': '/servers/honest%2fmcp',
  'encoded-letter': '/servers/h%6fnest/mcp',
  'double-slash': '//servers/honest/mcp',
  'upper-case': '/servers/HONEST/mcp',
  'trailing-slash': '/servers/honest/mcp/',
  'path-parameter': '/servers/honest/mcp;admin=true',
  backslash: '/servers\\honest\\mcp',
  'null-byte': '/servers/honest%00/mcp',
  'other-server': '/servers/not-configured/mcp',
  'absolute-form': 'http://evil.example.com/servers/honest/mcp',
} as const;

/** Requests to addresses that are not the endpoint. */
export const pathAttacks: readonly ClientAttack[] = Object.entries(TRICKS).map(([id, path]) => ({
  id: `path-${id}`,
  title: `asks for ${path}`,
  run: (target) =>
    attempt(target, (call) => {
      call.path = path;
    }),
  expect: ['ROUTE_UNKNOWN', 'SERVER_UNKNOWN', 'HOST_REFUSED', 'HTTP 400'],
}));
