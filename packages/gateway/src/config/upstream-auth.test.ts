import { expect, it } from 'vitest';
import { formatProblem, parseConfig } from './index.ts';

function problemsOf(server: object): string[] {
  const text = JSON.stringify({ version: 1, servers: { far: { url: 'https://mcp.example.com/mcp', ...server } } });
  const parsed = parseConfig(text, '/home/ward.yaml');
  return parsed.ok ? [] : parsed.error.map(formatProblem);
}

const from = { file: 'secret' };

it.each([
  [{ auth: { oauth: {} } }],
  [{ auth: { oauth: { clientId: 'ward', clientSecret: { from }, scopes: ['read'], issuer: 'https://as.example' } } }],
  [{ auth: { oauth: {} }, headers: { 'x-tenant': { from } } }],
])('a server may take OAuth: %j', (server) => {
  expect(problemsOf(server)).toEqual([]);
});

it.each([
  [{ auth: {} }, 'oauth'],
  [{ auth: { oauth: { clientSecret: { from } } } }, 'clientId'],
  [{ auth: { oauth: { clientId: 'ward', clientSecret: 'hunter2' } } }, '{from: …}'],
  [{ auth: { oauth: { scopes: ['a b'] } } }, 'scope'],
  [{ auth: { oauth: { issuer: 'as.example' } } }, 'https'],
  [{ auth: { oauth: { refreshToken: 'x' } } }, 'refreshToken'],
  [{ auth: { oauth: {} }, headers: { Authorization: { from } } }, 'authorization'],
])('but not like this: %j', (server, word) => {
  expect(problemsOf(server).join()).toContain(word);
  expect(problemsOf(server).join()).not.toContain('hunter2');
});

it('has its secret read from beside the file', () => {
  const auth = { oauth: { clientId: 'ward', clientSecret: { from } } };
  const text = JSON.stringify({ version: 1, servers: { far: { url: 'https://mcp.example.com/mcp', auth } } });
  const parsed = parseConfig(text, '/home/ward.yaml');
  expect(parsed.ok && parsed.value.servers.far).toMatchObject({
    auth: { oauth: { clientSecret: { from: { file: '/home/secret' } } } },
  });
});
