import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from './default-config.ts';
import { formatProblem } from './load.ts';
import { parseConfig } from './parse.ts';

function problems(text: string): string[] {
  const result = parseConfig(text, '/home/ward/ward.yaml');
  return result.ok ? [] : result.error.map(formatProblem);
}

function config(text: string) {
  const result = parseConfig(text, '/home/ward/ward.yaml');
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}

const server = (settings: string) => `version: 1\nservers:\n  a: { command: run, ${settings} }\n`;
const remote = (settings: string) => `version: 1\nservers:\n  a: { ${settings} }\n`;

describe('parseConfig', () => {
  it('fills in the defaults the requirements state', () => {
    expect(config('version: 1')).toEqual({
      version: 1,
      listen: { host: '127.0.0.1', port: 7443, allowedHosts: [], allowedOrigins: [], insecureLoopback: false },
      servers: {},
      limits: {
        tiers: {
          standard: { requests: 100, window: 60, burst: 10 },
          strict: { requests: 20, window: 60, burst: 2 },
          critical: { requests: 5, window: 300, burst: 0 },
        },
        concurrency: 10,
        queue: 0,
        timeout: 30_000,
        requestBytes: 1_048_576,
      },
      approvals: { ttl: 600_000, quorum: 1, wait: 'park' },
      guard: { screen: true, quoteAsData: false, strictArguments: true, strictResults: true },
      flow: { decision: 'approve', carry: 3_600_000 },
      audit: { segmentBytes: 16_777_216, retention: 7 * 365 * 86_400_000, verifyEvery: 7 * 86_400_000 },
      policies: '/home/ward/policies',
    });
  });

  it('reads the file that init writes', () => {
    const { files, everything } = config(defaultConfig()).servers;
    expect(files).toMatchObject({
      package: '@modelcontextprotocol/server-filesystem',
      cwd: '/home/ward/workspace',
      write: ['/home/ward/workspace'],
      read: [],
      network: 'none',
      sandbox: 'bubblewrap',
      labels: ['private'],
    });
    expect(everything).toMatchObject({ network: 'none', memory: 536_870_912, labels: ['untrusted'], pins: 'review' });
  });

  it('reads what runs for wallets', () => {
    expect(config('version: 1\nwallet: {}').wallet).toEqual({ network: 'testnet', local: false, endpoints: {} });
    const { wallet } = config(
      'version: 1\nwallet: { network: local, local: {}, endpoints: { devnet: [ws://127.0.0.1:1] } }',
    );
    expect(wallet).toEqual({
      network: 'local',
      local: { port: 7450, closeEvery: 3_000 },
      endpoints: { devnet: ['ws://127.0.0.1:1'] },
    });
  });

  it('takes relative paths from the folder of the file, wherever a path may stand', () => {
    const parsed = config(`version: 1
policies: ../rules
audit: { backup: { to: copies } }
servers:
  local:
    command: ./bin/run
    read: [data]
    env: { KEY: { from: { file: k } } }
    network: [{ host: api.example.com, secrets: [{ header: Authorization, template: 'Bearer \${secret}', from: { file: t } }] }]
  named: { command: node }
  far: { url: 'https://mcp.example.com/', ca: ca.pem, headers: { X-Key: { from: { file: /abs/k } } } }
`);
    expect(parsed.policies).toBe('/home/rules');
    expect(parsed.audit.backup).toEqual({ to: '/home/ward/copies', every: 86_400_000 });
    expect(parsed.servers).toMatchObject({
      local: {
        command: '/home/ward/bin/run',
        read: ['/home/ward/data'],
        env: { KEY: { from: { file: '/home/ward/k' }, template: '$' + '{secret}' } },
        network: [{ host: 'api.example.com', port: 443, secrets: [{ from: { file: '/home/ward/t' } }] }],
      },
      named: { command: 'node' },
      far: { ca: '/home/ward/ca.pem', headers: { 'X-Key': { from: { file: '/abs/k' } } } },
    });
  });

  it.each([
    ['an unknown setting', 'version: 1\nserver: {}', '2:1: server is not a known setting'],
    [
      'an unknown setting, deep down',
      server('tools: { t: { clas: read_only } }'),
      '3:36: servers.a.tools.t.clas is not a known setting',
    ],
    ['a missing version', 'listen: {}', '1:1: version is missing'],
    ['another version', 'version: 2', '1:10: version must be 1'],
    ['an empty file', '', '1:1: version is missing'],
    ['a list', '- 1', '1:1: must be a map'],
    ['a wrong kind', 'version: 1\nlisten: 5', '2:9: listen must be a map'],
    ['a duplicate key', 'version: 1\nversion: 1', '2:1: this key stands twice in the same map'],
    ['an alias', 'version: 1\npolicies: &p x\naudit: *p', '2:14: anchors are not allowed'],
    ['a merge key', 'version: 1\n<<: { listen: {} }', '2:1: << is not a known setting'],
    ['a tag', 'version: !!int 1', '1:16: tags are not allowed'],
    ['two documents', 'version: 1\n---\nversion: 1', '2:1: only one YAML document is allowed'],
    ['a tab', 'version: 1\nlisten:\n\tport: 1', '3:1: tabs cannot indent; use spaces'],
    [
      'a bare number as duration',
      server('timeout: 30'),
      '3:31: servers.a.timeout must be a duration such as 500ms, 30s, 10m or 7d',
    ],
    ['a duration out of range', server('timeout: 1y'), '3:31: servers.a.timeout must be between 1s and 10m'],
    [
      'decimal megabytes',
      server('memory: 512MB'),
      '3:30: servers.a.memory must be a size such as 64KiB, 50MiB or 1GiB',
    ],
    [
      'a larger request than the bound',
      'version: 1\nlimits: { requestBytes: 2MiB }',
      '2:25: limits.requestBytes must be between 1KiB and 1MiB',
    ],
    ['a server id in capitals', 'version: 1\nservers:\n  A: { command: x }', '3:3: servers.A must start with a letter'],
    ['a server that is no map', 'version: 1\nservers:\n  a: 5', '3:6: servers.a must be a map'],
    ['a server without command', 'version: 1\nservers:\n  a: {}', '3:6: servers.a must have either command or package'],
    ['both command and package', server('package: x'), '3:6: servers.a must have either command or package'],
    [
      'an ask that does not exist',
      server('asks: [money]'),
      '3:29: servers.a.asks.0 must be one of: sampling, elicitation, roots',
    ],
    ['plaintext to a remote', remote('url: http://mcp.example.com'), '3:13: servers.a.url must be https'],
    [
      'plaintext to this machine, not asked for',
      remote('url: http://127.0.0.1:1'),
      '3:13: servers.a.url must be https',
    ],
    [
      'plaintext to a remote, asked for',
      remote('url: http://10.0.0.1, insecureLoopback: true'),
      '3:13: servers.a.url must be https',
    ],
    [
      'an uncontained server of the signer',
      server('sandbox: none, signer: true'),
      '3:45: servers.a.signer must not be signer: true with sandbox: none',
    ],
    ['a network that does not exist', 'version: 1\nwallet: { network: moon }', '2:20: wallet.network must be one of'],
    [
      'plaintext to a node elsewhere',
      'version: 1\nwallet: { endpoints: { testnet: [ws://node.example.com] } }',
      '2:34: wallet.endpoints.testnet.0 must be a wss:// address',
    ],
    [
      'a node with credentials',
      'version: 1\nwallet: { endpoints: { testnet: [wss://me:pw@node.example.com] } }',
      '2:34: wallet.endpoints.testnet.0 must be a wss:// address',
    ],
    [
      'plaintext for everyone',
      'version: 1\nlisten: { host: 0.0.0.0, insecureLoopback: true }',
      '2:44: listen.insecureLoopback must be false',
    ],
    [
      'a setting of the other kind of server',
      remote('url: https://x.example, command: y'),
      '3:32: servers.a.command is not a known setting',
    ],
    [
      'a host in capitals',
      'version: 1\nlisten: { allowedHosts: [Example.com] }',
      '2:26: listen.allowedHosts.0 must be a host name in lower case',
    ],
    [
      'an origin with a path',
      'version: 1\nlisten: { allowedOrigins: ["https://a.example/x"] }',
      '2:28: listen.allowedOrigins.0 must be an origin',
    ],
    [
      'a secret reference that names nothing',
      server('env: { A: { from: { fle: x } } }'),
      '3:42: servers.a.env.A.from.fle is not a known setting',
    ],
    [
      'an invisible character',
      server('cwd: "a\\u202Eb"'),
      '3:27: servers.a.cwd must be one line without control or invisible characters',
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(problems(text).join('\n')).toContain(expected);
  });

  it('allows plaintext to this machine itself when the operator says so', () => {
    verifies('CM-TLS-1');
    expect(problems(remote('url: http://127.0.0.1:1/mcp, insecureLoopback: true'))).toEqual([]);
  });

  it.each([
    [
      'as header',
      remote('url: https://x.example, headers: { Authorization: Bearer CANARY-ghp_123456789012345678901234 }'),
    ],
    ['in the address', remote('url: https://me:CANARY-1@x.example')],
    ['as environment by name', server('env: { MY_API_TOKEN: CANARY-1 }')],
    ['as environment by shape', server('env: { X: CANARY-ghp_123456789012345678901234 }')],
    ['as argument', server('args: [--key, CANARY-ghp_123456789012345678901234]')],
    ['as reference', server('env: { A: { from: CANARY } }')],
    ['as a whole', 'CANARY'],
    ['broken', 'version: 1\nx: "CANARY'],
  ])('refuses a secret written out %s, and repeats no part of it', (_name, text) => {
    const found = problems(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).not.toContain('CANARY');
  });

  it('gives a result for any text, and no problem outside it', () => {
    const base = defaultConfig();
    const edit = fc.tuple(fc.nat(base.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 12 }));
    fc.assert(
      fc.property(edit, ([at, cut, put]) => {
        const text = base.slice(0, at) + put + base.slice(at + cut);
        const result = parseConfig(text, '/home/ward/ward.yaml');
        if (result.ok) return;
        expect(result.error.length).toBeGreaterThan(0);
        const lines = text.split('\n').length;
        for (const { line, column } of result.error) expect(line >= 1 && line <= lines && column >= 1).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('takes no harm from bombs', () => {
    expect(problems('['.repeat(100_000)).length).toBeGreaterThan(0);
    expect(problems(`version: 1\nx: ${'['.repeat(40)}${']'.repeat(40)}`)[0]).toContain('nested deeper');
    expect(problems('a'.repeat(300_000))).toEqual(['1:1: is larger than 262144 bytes']);
    expect(problems('version: 1\n"__proto__": { policies: x }').length).toBeGreaterThan(0);
    expect(problems(Array.from({ length: 500 }, (_, i) => `k${i}: 1`).join('\n')).length).toBe(20);
  });
});
