/**
 * A signer in so far as a provider needs one, to be run inside a sandbox: reads one line of JSON, makes a key with the
 * provider it names, signs, and writes one line.
 */
import { createInterface } from 'node:readline';
import { utf8 } from '@wardmesh/core';
import { newKeyId, newWalletId, SecureBuffer } from '@wardmesh/vault';
import { parseProviderConfig } from '../config.ts';
import { kmsProvider } from '../kms/kms-provider.ts';
import type { ManagedProvider } from '../managed/managed-provider.ts';
import { pkcs11Provider } from '../pkcs11/pkcs11-provider.ts';
import { Token } from '../pkcs11/token.ts';
import { ManualClock, MemoryLockout, MemoryRegister, seededRandom } from './memory.ts';

interface Order {
  readonly config: unknown;
  readonly pin?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly ca?: string;
}

const random = seededRandom(String(process.pid));

async function open({ config: given, pin = '', credentials, ca }: Order): Promise<ManagedProvider> {
  const config = parseProviderConfig(given);
  const walletId = newWalletId(random);
  if (config.kind === 'aws-kms') {
    const proxy = process.env.HTTPS_PROXY;
    const options = {
      region: config.region,
      credentials: async () => credentials!,
      ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
      ...(ca !== undefined && { ca }),
      ...(proxy !== undefined && { proxy }),
    };
    return kmsProvider(options, walletId, new MemoryRegister());
  }
  const token = await Token.open({
    module: config.module,
    label: config.label,
    pin: async () => SecureBuffer.from(pin),
    lockout: new MemoryLockout(),
    clock: new ManualClock(),
  });
  return pkcs11Provider(token, walletId, new MemoryRegister());
}

for await (const line of createInterface({ input: process.stdin })) {
  let told: object;
  try {
    const provider = await open(JSON.parse(line) as Order);
    const key = await provider.createKey(newKeyId(random), 'secp256k1');
    await provider.activateKey(key.keyId);
    const { signature } = await provider.sign(key.keyId, utf8('STX\0 a transaction'));
    told = { publicKey: key.publicKey, signature: Buffer.from(signature).toString('hex').toUpperCase() };
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    told = { code, message };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
}
