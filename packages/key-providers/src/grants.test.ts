import { assertProfile } from '@wardmesh/sandbox';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { type ProviderConfig, parseProviderConfig } from './config.ts';
import { providerGrants } from './grants.ts';

const token = {
  kind: 'pkcs11',
  module: '/usr/lib/softhsm/libsofthsm2.so',
  label: 'ward',
  read: ['/etc/softhsm/softhsm2.conf'],
  write: ['/var/lib/ward/tokens'],
  env: { SOFTHSM2_CONF: '/etc/softhsm/softhsm2.conf' },
} as const;
const kms = { kind: 'aws-kms', region: 'eu-central-1', credentialsFile: '/etc/ward/aws.json' } as const;

describe('what providers need of the signer’s sandbox', () => {
  verifies('CM-KMS-1');

  test('is nothing for the local file', () => {
    expect(providerGrants([])).toEqual({ read: [], write: [], env: {}, egress: [], addons: false });
  });

  test('is native code and the module’s own files for a token, and no network', () => {
    expect(providerGrants([token])).toEqual({
      read: [token.module, ...token.read],
      write: token.write,
      env: token.env,
      egress: [],
      addons: true,
    });
  });

  test('is exactly one host and one file for AWS KMS, and no native code', () => {
    const expected = { host: 'kms.eu-central-1.amazonaws.com', port: 443 };
    const grants = { read: [kms.credentialsFile], write: [], env: {}, egress: [expected], addons: false };
    expect(providerGrants([kms])).toEqual(grants);
    expect(providerGrants([kms, { ...kms }])).toEqual(grants);
    const own = { ...kms, endpoint: 'https://vpce-1.kms.eu-central-1.vpce.amazonaws.com:8443' };
    expect(providerGrants([own]).egress).toEqual([{ host: 'vpce-1.kms.eu-central-1.vpce.amazonaws.com', port: 8443 }]);
  });

  test('is what the sandbox takes', () => {
    const { read, write, env, egress } = providerGrants([token, kms]);
    const limits = {
      ...{ memoryBytes: 2 ** 28, perOperationBytes: 2 ** 20, processes: 64 },
      ...{ fileSizeBytes: 2 ** 24, openFiles: 256, startTimeoutMs: 5_000 },
    };
    expect(() =>
      assertProfile({ command: 'node', args: [], read, write, env, network: { egress }, limits }),
    ).not.toThrow();
  });
});

describe('the configuration of a provider', () => {
  test.each([token, kms, { ...token, serialNumber: 'f992416c7378fd46' }])('is read: $kind', (config) => {
    expect(parseProviderConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test.each([
    ['no object', 'pkcs11'],
    ['another kind', { ...token, kind: 'usb' }],
    ['a member that we do not know', { ...token, pin: '1234' }],
    ['secrets in it', { ...kms, secretAccessKey: 'x' }],
    ['a relative module', { ...token, module: 'libsofthsm2.so' }],
    ['a module path with ..', { ...token, module: '/usr/lib/../x.so' }],
    ['a module path with NUL', { ...token, module: '/usr/lib/x\0.so' }],
    ['a label that fits no token', { ...token, label: 'x'.repeat(33) }],
    ['an empty label', { ...token, label: '' }],
    ['a preloaded library', { ...token, env: { LD_PRELOAD: '/tmp/x.so' } }],
    ['options for Node', { ...token, env: { NODE_OPTIONS: '--inspect' } }],
    ['paths that are no list', { ...token, write: '/' }],
    ['no region', { ...kms, region: undefined }],
    ['a region that is a host', { ...kms, region: 'x.evil.com/' }],
    ['a plain endpoint elsewhere', { ...kms, endpoint: 'http://kms.example.com' }],
    ['a relative credentials file', { ...kms, credentialsFile: 'aws.json' }],
  ])('is refused with %s', (_name, config) => {
    expect(() => parseProviderConfig(config)).toThrow(expect.objectContaining({ code: 'VAULT_BAD_INPUT' }));
  });

  test('has no member for a secret, of either kind', () => {
    const configs: readonly ProviderConfig[] = [token, kms];
    expect(JSON.stringify(configs)).not.toMatch(/secret|pin"|password/i);
  });
});
