import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { newKeyId, newWalletId, PROVIDER_CASES } from '@wardmesh/vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock, MemoryLockout, MemoryRegister, secretSource, seededRandom } from '../testing/memory.ts';
import { makeSoftHsm, missingForSoftHsm, PIN, SOFTHSM_MODULE, type SoftHsm } from '../testing/soft-hsm.ts';
import { type Cryptoki, loadCryptoki } from './cryptoki.ts';
import { pkcs11Provider } from './pkcs11-provider.ts';
import { Token } from './token.ts';

const missing = missingForSoftHsm();
const MESSAGE = utf8('STX\0 a transaction');
const random = seededRandom('pkcs11');
let hsm: SoftHsm | undefined;

beforeAll(() => {
  if (missing === undefined) hsm = makeSoftHsm('ward', 'twin', 'twin', 'doomed');
});
afterAll(() => hsm?.remove());

function openToken(overrides: Partial<Parameters<typeof Token.open>[0]> = {}) {
  const lockout = new MemoryLockout();
  const clock = new ManualClock();
  const { source, given } = secretSource(PIN);
  const opened = Token.open({ module: SOFTHSM_MODULE, label: 'ward', pin: source, lockout, clock, ...overrides });
  return { opened, lockout, clock, given };
}

async function freshProvider(overrides: Partial<Parameters<typeof Token.open>[0]> = {}) {
  const { opened, ...rest } = openToken(overrides);
  const token = await opened;
  const register = new MemoryRegister();
  return { ...rest, token, register, provider: pkcs11Provider(token, newWalletId(random), register) };
}

/** The real module with some functions of ours. */
async function faulty(overrides: Partial<Record<keyof Cryptoki, unknown>>): Promise<Cryptoki> {
  const real = await loadCryptoki(SOFTHSM_MODULE);
  return new Proxy(real, {
    get(target, name) {
      if (name in overrides) return overrides[name as keyof Cryptoki];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function cryptokiError(code: number): Error {
  return Object.assign(new Error('CKR'), { code });
}

describe.skipIf(missing !== undefined)(
  `the PKCS #11 provider over SoftHSM${missing ? ` (missing: ${missing})` : ''}`,
  () => {
    verifies('CM-KMS-1', 'CH-TEE-1');

    test.each(PROVIDER_CASES)('$title', async ({ run }) => {
      await run((await freshProvider()).provider, random);
    });

    test('has both algorithms of the ledger, and says of a software token that it is one', async () => {
      const { capabilities } = (await freshProvider()).provider;
      expect([...capabilities.algorithms].sort()).toEqual(['ed25519', 'secp256k1']);
      expect(capabilities).toMatchObject({ atRest: 'password-sealed-file', inUse: 'process-memory', canBackup: false });
      expect(capabilities).toMatchObject({ survivesHostTakeover: false, isDestructionFinal: false });
      expect(capabilities.statement).toContain('software');
    });

    test('says of a token that its module calls hardware just that', async () => {
      const module = await faulty({ C_GetSlotInfo: () => ({ flags: 0x5 }) });
      const { capabilities } = (await freshProvider({ module })).provider;
      expect(capabilities).toMatchObject({ atRest: 'hardware', inUse: 'hardware', survivesHostTakeover: true });
      expect(capabilities.statement).toContain('cannot verify');
    });

    test('names only algorithms that the token has', async () => {
      const module = await faulty({ C_GetMechanismList: () => [0x1040, 0x1041] });
      expect((await freshProvider({ module })).provider.capabilities.algorithms).toEqual(['secp256k1']);
    });

    test('keeps keys in the token over a restart, and wipes each PIN', async () => {
      const first = await freshProvider();
      const { keyId } = await first.provider.createKey(newKeyId(random), 'ed25519');
      await first.provider.activateKey(keyId);
      const walletId = newWalletId(random);
      const again = pkcs11Provider(await openToken().opened, walletId, first.register);
      expect((await again.sign(keyId, MESSAGE)).keyId).toBe(keyId);
      expect(first.given.length).toBe(1);
      expect(first.given.every(({ isZeroed }) => isZeroed)).toBe(true);
    });

    test('finds the key that a crash hid, instead of making a second', async () => {
      const { provider, register, token } = await freshProvider();
      const keyId = newKeyId(random);
      register.killAt(2, 'before');
      await expect(provider.createKey(keyId, 'secp256k1')).rejects.toThrow('killed');
      const before = await countKeys(token);
      const next = pkcs11Provider(token, newWalletId(random), register);
      expect(await next.keys()).toEqual([]);
      await next.createKey(keyId, 'secp256k1');
      expect(await countKeys(token)).toBe(before);
      await next.activateKey(keyId);
      await next.sign(keyId, MESSAGE);
    });

    test('destroys also the key that a crash hid', async () => {
      const { provider, register, token } = await freshProvider();
      const keyId = newKeyId(random);
      const before = await countKeys(token);
      register.killAt(2, 'before');
      await expect(provider.createKey(keyId, 'secp256k1')).rejects.toThrow('killed');
      expect(await countKeys(token)).toBe(before + 1);
      const next = pkcs11Provider(token, newWalletId(random), register);
      await next.destroyKey(keyId);
      await next.destroyKey(keyId);
      expect(await countKeys(token)).toBe(before);
      expect(register.records).toEqual([]);
    });

    test('never gives out the key: neither value nor wrapping', async () => {
      const { provider, token } = await freshProvider();
      const { keyId } = await provider.createKey(newKeyId(random), 'secp256k1');
      await token.run(async ({ cryptoki, handle }) => {
        cryptoki.C_FindObjectsInit(handle, [
          { type: 0x0, value: 3 },
          { type: 0x102, value: Buffer.from(keyId.slice(4), 'hex') },
        ]);
        const [key] = cryptoki.C_FindObjects(handle, 2);
        cryptoki.C_FindObjectsFinal(handle);
        expect(() => cryptoki.C_GetAttributeValue(handle, key!, [{ type: 0x11 }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
        const [publicLabel] = cryptoki.C_GetAttributeValue(handle, key!, [{ type: 0x3 }]);
        expect(publicLabel!.value.toString()).toMatch(/^wardmesh wallet_[0-9a-f]{32}$/);
      });
    });

    test('refuses a key that the token would give out', async () => {
      // A token that ignores the template: the same module, asked for an extractable key.
      const real = await loadCryptoki(SOFTHSM_MODULE);
      const C_GenerateKeyPairAsync: Cryptoki['C_GenerateKeyPairAsync'] = (
        session,
        mechanism,
        publicHalf,
        privateHalf,
      ) =>
        real.C_GenerateKeyPairAsync(
          session,
          mechanism,
          publicHalf,
          privateHalf.map((each) => (each.type === 0x162 ? { type: 0x162, value: true } : each)),
        );
      const { provider } = await freshProvider({ module: await faulty({ C_GenerateKeyPairAsync }) });
      const created = provider.createKey(newKeyId(random), 'secp256k1');
      await expect(created).rejects.toMatchObject({
        code: 'VAULT_PROVIDER_FAULT',
        message: expect.stringContaining('inside'),
      });
      expect(await provider.keys()).toEqual([]);
    });

    test('takes no public half that somebody without the PIN put there', async () => {
      const { provider, token } = await freshProvider();
      const keyId = newKeyId(random);
      await token.run(async ({ cryptoki, handle }) => {
        const id = { type: 0x102, value: Buffer.from(keyId.slice(4), 'hex') };
        const module = cryptoki as unknown as { C_CreateObject(session: Buffer, template: object[]): Buffer };
        module.C_CreateObject(handle, [
          { type: 0x0, value: 2 },
          { type: 0x1, value: true },
          { type: 0x2, value: false },
          { type: 0x100, value: 0x40 },
          { type: 0x180, value: Buffer.from('06032b6570', 'hex') },
          { type: 0x181, value: Buffer.concat([Buffer.of(4, 32), Buffer.alloc(32, 9)]) },
          id,
        ]);
      });
      const key = await provider.createKey(keyId, 'ed25519');
      expect(key.publicKey).not.toContain('0909');
    });

    test('lets no signature out that is not of the pinned key', async () => {
      const { provider: other } = await freshProvider();
      const foreign = await other.createKey(newKeyId(random), 'ed25519');
      await other.activateKey(foreign.keyId);
      const { signature } = await other.sign(foreign.keyId, MESSAGE);
      let isLying = false;
      const real = await loadCryptoki(SOFTHSM_MODULE);
      const C_SignAsync: Cryptoki['C_SignAsync'] = async (session, input, room) => {
        const honest = await real.C_SignAsync(session, input, room);
        return isLying ? Buffer.from(signature) : honest;
      };
      const { provider } = await freshProvider({ module: await faulty({ C_SignAsync }) });
      const { keyId } = await provider.createKey(newKeyId(random), 'ed25519');
      await provider.activateKey(keyId);
      await provider.sign(keyId, MESSAGE);
      isLying = true;
      await expect(provider.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    });

    test('brings high s down and leaves no byte of the message to others while it signs', async () => {
      const { provider } = await freshProvider();
      const { keyId } = await provider.createKey(newKeyId(random), 'secp256k1');
      await provider.activateKey(keyId);
      for (let i = 0; i < 16; i++) {
        const message = utf8(`STX\0${i}`);
        const signing = provider.sign(keyId, message);
        message.fill(0xff);
        const { signature } = await signing;
        const s = signature.subarray(6 + signature[3]!);
        expect(s.length < 32 || s[0]! < 0x80).toBe(true);
      }
    });
  },
);

describe.skipIf(missing !== undefined)('the PIN of a token', () => {
  test('that is wrong is told as such, counted, and locks in the end', async () => {
    const { source, given } = secretSource('00000000');
    const { provider, lockout, clock } = await freshProvider({ pin: source });
    const create = () => provider.createKey(newKeyId(random), 'ed25519');
    for (let i = 0; i < 4; i++) await expect(create()).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    await expect(create()).rejects.toMatchObject({ code: 'VAULT_LOCKED_OUT', retryAfter: 1_800 });
    await expect(create()).rejects.toMatchObject({ code: 'VAULT_LOCKED_OUT' });
    expect([...lockout.failures.values()]).toEqual([5]);
    expect(given.length).toBe(5);
    expect(given.every(({ isZeroed }) => isZeroed)).toBe(true);
    clock.time += 1_800_000;
    await expect(create()).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
  });

  test('is not tried where the token has one try left or none, or has no PIN', async () => {
    const real = await loadCryptoki(SOFTHSM_MODULE);
    for (const [flags, code] of [
      [0x2_0000, 'VAULT_LOCKED_OUT'],
      [0x4_0000, 'VAULT_LOCKED_OUT'],
      [-0x8, 'VAULT_PROVIDER_REFUSED'],
    ] as const) {
      const C_GetTokenInfo: Cryptoki['C_GetTokenInfo'] = (slot) => {
        const info = real.C_GetTokenInfo(slot);
        return { ...info, flags: flags > 0 ? info.flags | flags : info.flags & ~-flags };
      };
      const { provider, given } = await freshProvider({ module: await faulty({ C_GetTokenInfo }) });
      await expect(provider.createKey(newKeyId(random), 'ed25519')).rejects.toMatchObject({ code });
      expect(given).toEqual([]);
    }
  });

  test('is asked for anew after a lock, and a wrong one is not let in by a login of before', async () => {
    const right = await freshProvider();
    const { keyId } = await right.provider.createKey(newKeyId(random), 'ed25519');
    await right.provider.activateKey(keyId);
    // Logged in elsewhere in this process: the module would say CKR_USER_ALREADY_LOGGED_IN.
    const { source } = secretSource('00000000');
    const wrong = pkcs11Provider(await openToken({ pin: source }).opened, newWalletId(random), right.register);
    await expect(wrong.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    await right.token.lock();
    await right.provider.sign(keyId, MESSAGE);
    expect(right.given.length).toBeGreaterThan(1);
  });

  test('is not asked for again because we refused what the token answered', async () => {
    let isLying = false;
    const real = await loadCryptoki(SOFTHSM_MODULE);
    const C_SignAsync: Cryptoki['C_SignAsync'] = async (session, input, room) => {
      const honest = await real.C_SignAsync(session, input, room);
      return isLying ? honest.subarray(1) : honest;
    };
    const { provider, given } = await freshProvider({ module: await faulty({ C_SignAsync }) });
    const { keyId } = await provider.createKey(newKeyId(random), 'secp256k1');
    await provider.activateKey(keyId);
    isLying = true;
    await expect(provider.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    isLying = false;
    await provider.sign(keyId, MESSAGE);
    expect(given.length).toBe(1);
  });

  test('stands in no error', async () => {
    const { source } = secretSource('canary-pin-7731');
    const { provider } = await freshProvider({ pin: source });
    const error = await provider.createKey(newKeyId(random), 'ed25519').catch((thrown: Error) => thrown);
    const seen: string[] = [];
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      seen.push(each.stack ?? '', each.message, JSON.stringify(each), JSON.stringify(Object.entries(each)));
    }
    expect(seen.join()).not.toContain('canary-pin');
  });
});

describe.skipIf(missing !== undefined)('a token on a bad day', () => {
  test.each([
    ['its session closed', 0xb3],
    ['nobody logged in', 0x101],
    ['a device error', 0x30],
    ['a handle that became invalid', 0x60],
  ])('is asked once more in a new session after %s', async (_name, code) => {
    const real = await loadCryptoki(SOFTHSM_MODULE);
    let faults = 0;
    const C_SignInit: Cryptoki['C_SignInit'] = (session, mechanism, key) => {
      if (faults-- > 0) throw cryptokiError(code);
      real.C_SignInit(session, mechanism, key);
    };
    const { provider, given } = await freshProvider({ module: await faulty({ C_SignInit }) });
    const { keyId } = await provider.createKey(newKeyId(random), 'ed25519');
    await provider.activateKey(keyId);
    const logins = given.length;
    faults = 1;
    await provider.sign(keyId, MESSAGE);
    expect(given.length).toBe(logins + 1);
    faults = 2;
    await expect(provider.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    await provider.sign(keyId, MESSAGE);
  });

  test('that another took the place of is refused', async () => {
    const real = await loadCryptoki(SOFTHSM_MODULE);
    let serial: string | undefined;
    const C_GetTokenInfo: Cryptoki['C_GetTokenInfo'] = (slot) => {
      const info = real.C_GetTokenInfo(slot);
      return { ...info, serialNumber: serial ?? info.serialNumber };
    };
    const { provider } = await freshProvider({ module: await faulty({ C_GetTokenInfo }) });
    serial = '0123456789abcdef';
    const created = provider.createKey(newKeyId(random), 'ed25519');
    await expect(created).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
  });

  test('pulled out and put back is found again', async () => {
    const real = await loadCryptoki(SOFTHSM_MODULE);
    let isOut = false;
    const C_SignAsync: Cryptoki['C_SignAsync'] = (session, input, room) =>
      isOut ? Promise.reject(cryptokiError(0x32)) : real.C_SignAsync(session, input, room);
    const { provider } = await freshProvider({ module: await faulty({ C_SignAsync }) });
    const { keyId } = await provider.createKey(newKeyId(random), 'ed25519');
    await provider.activateKey(keyId);
    isOut = true;
    await expect(provider.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    isOut = false;
    await provider.sign(keyId, MESSAGE);
  });

  test('is not found by a label that it has not, and not told from its twin', async () => {
    await expect(openToken({ label: 'gone' }).opened).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    await expect(openToken({ label: 'twin' }).opened).rejects.toMatchObject({ code: 'VAULT_BAD_INPUT' });
    const real = await loadCryptoki(SOFTHSM_MODULE);
    const serials = real
      .C_GetSlotList(true)
      .map((slot) => real.C_GetTokenInfo(slot))
      .filter(({ label }) => label.trim() === 'twin')
      .map(({ serialNumber }) => serialNumber.trim());
    await openToken({ label: 'twin', serialNumber: serials[1]! }).opened;
  });

  test('removed while it is in use says so, whatever is asked', async () => {
    const { provider } = await freshProvider({ label: 'doomed' });
    const { keyId } = await provider.createKey(newKeyId(random), 'ed25519');
    await provider.activateKey(keyId);
    hsm?.remove();
    await expect(provider.sign(keyId, MESSAGE)).rejects.toMatchObject({ code: 'VAULT_PROVIDER_UNAVAILABLE' });
    await expect(provider.createKey(newKeyId(random), 'ed25519')).rejects.toMatchObject({
      code: 'VAULT_PROVIDER_UNAVAILABLE',
    });
    expect((await provider.keys()).length).toBe(1);
  });
});

test('a module that is missing is told as such', async () => {
  if (missing !== undefined) return;
  const { opened } = openToken({ module: '/nowhere/libpkcs11.so' });
  await expect(opened).rejects.toMatchObject({
    code: 'VAULT_PROVIDER_UNAVAILABLE',
    hint: expect.stringContaining('softhsm2'),
  });
});

async function countKeys(token: Token): Promise<number> {
  return token.run(async ({ cryptoki, handle }) => {
    cryptoki.C_FindObjectsInit(handle, [{ type: 0x0, value: 3 }]);
    const found = cryptoki.C_FindObjects(handle, 10_000);
    cryptoki.C_FindObjectsFinal(handle);
    return found.length;
  });
}
