import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertProfile, profileHash, type SandboxProfile } from './profile.ts';

const good: SandboxProfile = {
  command: 'node',
  args: ['server.js'],
  read: ['/srv/server'],
  write: [],
  env: { MODE: 'production' },
  network: { egress: [{ host: 'api.example.com', port: 443 }] },
  limits: {
    memoryBytes: 2 ** 28,
    perOperationBytes: 50 * 2 ** 20,
    processes: 64,
    fileSizeBytes: 2 ** 24,
    openFiles: 256,
    startTimeoutMs: 5_000,
  },
};

const egress = (rule: object): object => ({ network: { egress: [{ host: 'api.example.com', port: 443, ...rule }] } });
const secret = (change: object): object =>
  egress({ secrets: [{ header: 'authorization', template: `Bearer \${secret}`, ref: 'api', ...change }] });

describe('a sandbox profile', () => {
  test('passes when well formed', () => {
    expect(() => assertProfile(good)).not.toThrow();
    expect(() => assertProfile({ ...good, ...secret({}) } as SandboxProfile)).not.toThrow();
  });

  test.each([
    ['an empty command', { command: '' }],
    ['an option as command', { command: '--version' }],
    ['a relative command', { command: './server' }],
    ['a NUL in an argument', { args: ['a\0--bind'] }],
    ['a relative path', { read: ['srv'] }],
    ['a path with ..', { write: ['/srv/../etc'] }],
    ['LD_PRELOAD', { env: { LD_PRELOAD: '/tmp/x.so' } }],
    ['BASH_ENV', { env: { BASH_ENV: '/tmp/x' } }],
    ['a name with =', { env: { 'A=B': '' } }],
    ['too few tasks, with which Node hangs', { limits: { ...good.limits, processes: 8 } }],
    ['no memory', { limits: { ...good.limits, memoryBytes: 0 } }],
    ['a fraction', { limits: { ...good.limits, openFiles: 64.5 } }],
    ['any host', egress({ host: '*' })],
    ['a whole registry', egress({ host: '*.com' })],
    ['a star inside', egress({ host: 'api.*.com' })],
    ['a host with a port', egress({ host: 'api.example.com:443' })],
    ['upper case', egress({ host: 'API.example.com' })],
    ['port 0', egress({ port: 0 })],
    ['a header with a line break', secret({ header: 'a\r\nb' })],
    ['a template without its place', secret({ template: 'Bearer' })],
    ['a template with a line break', secret({ template: `\${secret}\r\nx: y` })],
  ])('is refused with %s', (_name, change) => {
    expect(() => assertProfile({ ...good, ...change } as SandboxProfile)).toThrow(
      expect.objectContaining({ code: 'SANDBOX_PROFILE_INVALID' }),
    );
  });

  test('has a hash that any change changes, and the order of members does not', () => {
    verifies('CM-CONN-3');
    const hash = profileHash(good, 'bubblewrap');
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(
      profileHash(Object.fromEntries(Object.entries(good).reverse()) as unknown as SandboxProfile, 'bubblewrap'),
    ).toBe(hash);
    expect(profileHash(good, 'none')).not.toBe(hash);
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (args) => {
        const changed = { ...good, args: [...good.args, ...args] };
        return profileHash(changed, 'bubblewrap') !== hash;
      }),
    );
  });
});
