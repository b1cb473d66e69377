import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HELP, parseOptions } from './options.ts';
import { VERSION } from './version.ts';

it('says the version of its package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ version: VERSION });
});

describe('flags', () => {
  it('read, with testnet as the network of calls that name none', () => {
    expect(parseOptions(['--signer', '/s'], {})).toEqual({
      help: false,
      signer: '/s',
      network: 'testnet',
      endpoints: {},
      submitAny: false,
    });
    expect(
      parseOptions(
        [
          '--network',
          'local',
          '--endpoint',
          'local=ws://127.0.0.1:1',
          '--endpoint',
          'local=ws://127.0.0.1:2?a=b',
          '--submit-any',
        ],
        { WARD_SIGNER_SOCKET: '/e' },
      ),
    ).toMatchObject({
      signer: '/e',
      network: 'local',
      endpoints: { local: ['ws://127.0.0.1:1', 'ws://127.0.0.1:2?a=b'] },
      submitAny: true,
    });
  });

  it.each([
    ['no signer', []],
    ['an empty signer', ['--signer', '']],
    ['another network', ['--signer', '/s', '--network', 'betanet']],
    ['an endpoint without network', ['--signer', '/s', '--endpoint', 'ws://127.0.0.1:1']],
    ['an endpoint of another network', ['--signer', '/s', '--endpoint', '__proto__=ws://127.0.0.1:1']],
    ['an unknown flag', ['--signer', '/s', '--seed', 'x']],
    ['a stray word', ['--signer', '/s', 'go']],
  ])('%s is refused', (_what, args) => {
    expect(() => parseOptions(args, {})).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('help names every flag', () => {
    expect(parseOptions(['--help'], {})).toEqual({ help: true });
    for (const flag of ['--signer', '--network', '--endpoint', '--submit-any', '--help', 'WARD_SIGNER_SOCKET'])
      expect(HELP).toContain(flag);
  });
});
