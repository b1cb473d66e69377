import { connect } from 'node:net';
import { utf8 } from '@wardmesh/core';
import { EgressProxy } from '@wardmesh/sandbox';
import { verifies } from '@wardmesh/testkit';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { newKeyId, newWalletId } from '@wardmesh/vault';
import { expect, onTestFinished, test } from 'vitest';
import { providerGrants } from '../grants.ts';
import { CREDENTIALS, KmsEmulator } from '../testing/kms/emulator.ts';
import { MemoryRegister, seededRandom } from '../testing/memory.ts';
import { kmsProvider } from './kms-provider.ts';

const HOST = 'kms.eu-central-1.amazonaws.com';
const random = seededRandom('egress');

/** The sandbox's proxy with the rules that the provider asks for, and the service behind it. */
async function behindProxy(region: string) {
  const { key, cert } = selfSigned(HOST);
  const emulator = await KmsEmulator.start({ key: key.export({ type: 'pkcs8', format: 'pem' }) as string, cert });
  const config = { kind: 'aws-kms', region: 'eu-central-1', credentialsFile: '/etc/ward/aws.json' } as const;
  const { egress } = providerGrants([config]);
  const dialled: string[] = [];
  const proxy = new EgressProxy(egress, {
    secrets: { get: () => undefined },
    resolver: { resolve: async () => ['93.184.216.34'] },
    dial: (address, port) => {
      dialled.push(`${address}:${port}`);
      return connect(emulator.port, '127.0.0.1');
    },
  });
  const port = await proxy.listen({ port: 0 });
  onTestFinished(async () => {
    await proxy.close();
    await emulator.stop();
  });
  const options = { region, credentials: async () => CREDENTIALS, proxy: `http://127.0.0.1:${port}`, ca: cert };
  return { emulator, dialled, provider: kmsProvider(options, newWalletId(random), new MemoryRegister()) };
}

test('AWS KMS is reached through the one egress rule that the provider asks for, over TLS', async () => {
  verifies('CM-KMS-1');
  const { emulator, dialled, provider } = await behindProxy('eu-central-1');
  const { keyId } = await provider.createKey(newKeyId(random), 'secp256k1');
  await provider.activateKey(keyId);
  await provider.sign(keyId, utf8('STX\0 a transaction'));
  expect(emulator.actions.at(-1)).toBe('Sign');
  expect(new Set(dialled)).toEqual(new Set(['93.184.216.34:443']));
});

test('another region is another host, which the rule does not let through', async () => {
  const { emulator, dialled, provider } = await behindProxy('us-east-1');
  await expect(provider.createKey(newKeyId(random), 'secp256k1')).rejects.toMatchObject({
    code: 'VAULT_PROVIDER_UNAVAILABLE',
  });
  expect([emulator.seen, dialled]).toEqual([[], []]);
});
