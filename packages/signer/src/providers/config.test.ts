import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerGrants } from '@wardmesh/key-providers';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../fixture.ts';
import { signerProfile } from '../start/profile.ts';
import { readProviders } from './config.ts';

const token = {
  kind: 'pkcs11',
  module: '/usr/lib/a.so',
  label: 'ward',
  write: ['/var/tokens'],
  env: { A_CONF: '/etc/a' },
};
const cloud = { kind: 'aws-kms', region: 'eu-central-1', credentialsFile: '/etc/ward/aws.json' };

async function file(content: unknown): Promise<string> {
  const path = join(await temporaryHome(), 'providers.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

describe('providers.json', () => {
  verifies('CM-KMS-1');

  test('names providers; none where it is missing', async () => {
    const configs = await readProviders(await file({ providers: { token, cloud } }));
    expect([...configs]).toEqual([
      ['token', token],
      ['cloud', cloud],
    ]);
    expect((await readProviders('/nowhere/providers.json')).size).toBe(0);
  });

  test.each([
    ['no JSON', '{'],
    ['a member twice', '{"providers":{},"providers":{}}'],
    ['a member that we do not know', { providers: {}, more: 1 }],
    ['a list', { providers: [token] }],
    ['a name like a path', { providers: { '../token': token } }],
    ['a PIN in it', { providers: { token: { ...token, pin: '1234' } } }],
    ['the loader’s variables', { providers: { token: { ...token, env: { LD_PRELOAD: '/tmp/x.so' } } } }],
    ['plain http to another machine', { providers: { cloud: { ...cloud, endpoint: 'http://10.0.0.1' } } }],
    ['too many', { providers: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`t${i}`, token])) }],
  ])('is refused with %s', async (_name, content) => {
    await expect(readProviders(await file(content))).rejects.toMatchObject({ code: 'PROVIDERS_INVALID' });
  });

  test('is refused where others may read it', async () => {
    const path = await file({ providers: { token } });
    chmodSync(path, 0o644);
    await expect(readProviders(path)).rejects.toMatchObject({ code: 'STORE_FILE_TOO_OPEN' });
  });
});

describe('what the signer’s sandbox lets through', () => {
  verifies('CM-KMS-1', 'XR-MEM-2');
  const parts = {
    ...{ folder: '/home/w/signer', approversFile: '/home/w/operator/approvers.json', hasApprovers: false },
    ...{ main: '/code/main.ts', code: ['/code'], backend: 'bubblewrap' as const },
  };
  const withProviders = async (content: object) => {
    const configs = [...(await readProviders(await file({ providers: content }))).values()];
    return signerProfile({
      ...parts,
      providers: { file: '/home/w/operator/providers.json', grants: providerGrants(configs) },
    });
  };

  test('is nothing more without a provider', () => {
    const { args, network, write, env } = signerProfile(parts);
    expect([network, write, env]).toEqual(['none', ['/home/w/signer'], {}]);
    expect(args.join(' ')).not.toMatch(/addons|providers/);
  });

  test('is native code and its files for a token, and no network', async () => {
    const { args, network, read, write, env } = await withProviders({ token });
    expect([network, env]).toEqual(['none', { A_CONF: '/etc/a' }]);
    expect(write).toEqual(['/home/w/signer', '/var/tokens']);
    expect(read).toEqual(['/code', '/home/w/operator/providers.json', '/usr/lib/a.so']);
    expect(args).toEqual(expect.arrayContaining(['--allow-addons', '--addons', '--allow-fs-write=/var/tokens']));
    // The file itself is out of its reach: what it names would be let through at the next start.
    expect(write.some((path) => '/home/w/operator/providers.json'.startsWith(path))).toBe(false);
  });

  test('is one host for a key service, and no native code', async () => {
    const { args, network, write } = await withProviders({ cloud });
    expect(network).toEqual({ egress: [{ host: 'kms.eu-central-1.amazonaws.com', port: 443 }] });
    expect(write).toEqual(['/home/w/signer']);
    expect(args).not.toContain('--allow-addons');
  });
});
