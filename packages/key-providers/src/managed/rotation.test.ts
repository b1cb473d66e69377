import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { newKeyId, newWalletId, type RotationLog, type RotationPorts, Rotations } from '@wardmesh/vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kmsBackend } from '../kms/backend.ts';
import { kmsClients } from '../kms/client.ts';
import { pkcs11Backend } from '../pkcs11/backend.ts';
import { Token } from '../pkcs11/token.ts';
import { CREDENTIALS, KmsEmulator } from '../testing/kms/emulator.ts';
import { ManualClock, MemoryLockout, MemoryRegister, secretSource, seededRandom } from '../testing/memory.ts';
import { makeSoftHsm, missingForSoftHsm, PIN, SOFTHSM_MODULE, type SoftHsm } from '../testing/soft-hsm.ts';
import type { KeyBackend } from './backend.ts';
import { managedProvider } from './managed-provider.ts';

const ACCOUNT = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
const MESSAGE = utf8('STX\0 a transaction');
const missing = missingForSoftHsm();
const random = seededRandom('rotation');
let hsm: SoftHsm | undefined;
let kms: KmsEmulator;

beforeAll(async () => {
  if (missing === undefined) hsm = makeSoftHsm('rotating');
  kms = await KmsEmulator.start();
});
afterAll(async () => {
  hsm?.remove();
  await kms.stop();
});

const backends: readonly (readonly [string, boolean, (walletId: string) => Promise<KeyBackend>])[] = [
  [
    'PKCS #11',
    missing !== undefined,
    async (walletId) => {
      const options = { module: SOFTHSM_MODULE, label: 'rotating', pin: secretSource(PIN).source };
      return pkcs11Backend(
        await Token.open({ ...options, lockout: new MemoryLockout(), clock: new ManualClock() }),
        walletId,
      );
    },
  ],
  [
    'AWS KMS',
    false,
    async (walletId) => {
      const options = { region: 'eu-central-1', endpoint: kms.endpoint, credentials: async () => CREDENTIALS };
      return kmsBackend(kmsClients(options), walletId);
    },
  ],
];

/** What outlives a process: the ledger, the journal, the register. */
class World {
  readonly walletId = newWalletId(random);
  readonly register = new MemoryRegister();
  readonly clock = new ManualClock();
  regularKey: string | undefined;
  log: RotationLog = { completed: [] };
  readonly #sent = new Set<string>();

  rotations(backend: KeyBackend): Rotations {
    const ports: RotationPorts = {
      journal: {
        load: async () => this.log,
        save: async (_id, log) => {
          this.log = log;
        },
      },
      keys: managedProvider(backend, this.register),
      approvals: { request: async ({ rotationId }) => rotationId, status: async () => 'granted' },
      ledger: {
        prepareSetRegularKey: async (_account, address) => ({
          ...{ hash: 'A'.repeat(64), blob: address, lastLedgerSequence: 9 },
        }),
        submit: async ({ blob }) => {
          this.#sent.add(blob);
          this.regularKey = blob;
        },
        outcome: async ({ blob }) => (this.#sent.has(blob) ? 'validated' : 'expired'),
        regularKey: async () => this.regularKey,
      },
      backup: async () => {
        throw new Error('a key that cannot leave is not backed up');
      },
    };
    return new Rotations(this.walletId, ports, this.clock, random);
  }
}

describe.each(backends)('a rotation with keys in %s', (_name, isSkipped, open) => {
  test.skipIf(isSkipped)(
    'killed at any write of the register ends with the new key, and the old one destroyed',
    async () => {
      verifies('CM-KMS-2', 'XR-WAL-5');
      let deaths = 0;
      for (const when of ['before', 'after'] as const) {
        for (let write = 1; ; write++) {
          const world = new World();
          const backend = await open(world.walletId);
          const first = managedProvider(backend, world.register);
          const old = await first.createKey(newKeyId(random), 'secp256k1');
          await first.activateKey(old.keyId);
          world.regularKey = old.address;
          const { writes } = world.register;
          world.register.killAt(write, when);
          const request = { account: ACCOUNT, reason: 'scheduled' } as const;
          const died = await world
            .rotations(backend)
            .start(request)
            .then(
              () => false,
              (error: unknown) => String(error).includes('killed'),
            );
          const next = world.rotations(await open(world.walletId));
          const isKnown = (await next.status()) !== undefined;
          await (isKnown ? next.resume() : next.start(request));
          expect((await next.status())?.step).toBe('COMPLETED');
          const last = managedProvider(await open(world.walletId), world.register);
          const keys = await last.keys();
          expect(keys.map(({ state }) => state)).toEqual(['active']);
          expect(keys[0]!.address).toBe(world.regularKey);
          expect(keys[0]!.keyId).not.toBe(old.keyId);
          await last.sign(keys[0]!.keyId, MESSAGE);
          if (!died) {
            expect(world.register.writes - writes).toBe(write - 1);
            break;
          }
          deaths++;
        }
      }
      expect(deaths).toBe(8);
    },
  );
});
