import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { utf8 } from '@wardmesh/core';
import { type SandboxDeps, startSandboxed } from '@wardmesh/sandbox';
import { verifies } from '@wardmesh/testkit';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { verify } from 'ripple-keypairs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseProviderConfig } from './config.ts';
import { type ProviderGrants, providerGrants } from './grants.ts';
import { CREDENTIALS, KmsEmulator } from './testing/kms/emulator.ts';
import { makeSoftHsm, missingForSoftHsm, PIN, SOFTHSM_MODULE, type SoftHsm } from './testing/soft-hsm.ts';

const ROOT = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');
const SCRIPT = new URL('./testing/sign-inside.ts', import.meta.url).pathname;
const CODE = [`${ROOT}/packages`, `${ROOT}/node_modules`];
const HOST = 'kms.eu-central-1.amazonaws.com';
const MESSAGE = Buffer.from(utf8('STX\0 a transaction')).toString('hex').toUpperCase();
const missing = missingForSoftHsm();

let hsm: SoftHsm | undefined;
beforeAll(() => {
  if (missing === undefined) hsm = makeSoftHsm('inside');
});
afterAll(() => hsm?.remove());

/** Signs in a sandbox and under Node's permission model with exactly these grants. */
async function signInside(
  grants: ProviderGrants,
  order: object,
  deps: SandboxDeps = {},
): Promise<Record<string, string>> {
  const read = [...CODE, ...grants.read];
  const inside = await startSandboxed(
    {
      command: 'node',
      args: [
        '--permission',
        ...read.map((path) => `--allow-fs-read=${path}`),
        ...grants.write.map((path) => `--allow-fs-write=${path}`),
        ...(grants.addons ? ['--allow-addons'] : []),
        '--no-warnings',
        SCRIPT,
      ],
      read,
      write: grants.write,
      env: grants.env,
      network: grants.egress.length === 0 ? 'none' : { egress: grants.egress },
      limits: {
        ...{ memoryBytes: 2 ** 29, perOperationBytes: 2 ** 26, processes: 64 },
        ...{ fileSizeBytes: 2 ** 24, openFiles: 256, startTimeoutMs: 20_000 },
      },
    },
    'bubblewrap',
    deps,
  );
  let complaint = '';
  inside.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  inside.stdin.write(`${JSON.stringify(order)}\n`);
  for await (const line of createInterface({ input: inside.stdout })) return JSON.parse(line);
  await inside.exited;
  return { code: 'NO_ANSWER', message: complaint };
}

const isSigned = ({ signature = '', publicKey = '' }) => signature !== '' && verify(MESSAGE, signature, publicKey);

describe.skipIf(missing !== undefined)('a token, used inside the sandbox', () => {
  const config = () =>
    parseProviderConfig({
      ...{ kind: 'pkcs11', module: SOFTHSM_MODULE, label: 'inside', env: { SOFTHSM2_CONF: hsm!.configuration } },
      ...{ read: [hsm!.configuration], write: [hsm!.tokens] },
    });

  test('signs with what providerGrants names, and without network', async () => {
    verifies('CM-KMS-1');
    const grants = providerGrants([config()]);
    expect(grants.egress).toEqual([]);
    expect(await signInside(grants, { config: config(), pin: PIN })).toSatisfy(isSigned);
  });

  test.each([
    ['native code', { addons: false }],
    ['its tokens', { write: [] }],
    ['its configuration', { env: {} }],
  ])('does not work without %s: each grant is needed', async (_name, less) => {
    const grants = { ...providerGrants([config()]), ...less };
    expect(await signInside(grants, { config: config(), pin: PIN })).toMatchObject({
      code: 'VAULT_PROVIDER_UNAVAILABLE',
    });
  });
});

describe('AWS KMS, used inside the sandbox', () => {
  const config = { kind: 'aws-kms', region: 'eu-central-1', credentialsFile: '/usr/share/aws.json' } as const;

  async function service() {
    const { key, cert } = selfSigned(HOST);
    const emulator = await KmsEmulator.start({ key: key.export({ type: 'pkcs8', format: 'pem' }) as string, cert });
    onTestFinished(() => emulator.stop());
    const deps: SandboxDeps = {
      resolver: { resolve: async () => ['93.184.216.34'] },
      dial: () => connect(emulator.port, '127.0.0.1'),
    };
    return { emulator, deps, order: { config, credentials: CREDENTIALS, ca: cert } };
  }

  test('signs with the one egress rule that providerGrants names', async () => {
    const { emulator, deps, order } = await service();
    const grants = { ...providerGrants([config]), read: [] };
    expect(await signInside(grants, order, deps)).toSatisfy(isSigned);
    expect(emulator.actions).toContain('Sign');
  });

  test('reaches nothing without it', async () => {
    const { emulator, deps, order } = await service();
    const grants = { ...providerGrants([]), read: [] };
    expect(await signInside(grants, order, deps)).toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    expect(emulator.actions).toEqual([]);
  });
});
