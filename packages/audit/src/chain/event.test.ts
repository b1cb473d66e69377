import { canonicalize } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { EXTENSION_EVENT_TYPES, SEED_EVENT_TYPES } from '@wardmesh/verify';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from '../../test/memory-storage.ts';
import { HASH, intentEvent, openLog, outcomeEvent, simpleEvent } from '../../test/rig.ts';

/** One of each kind that must never be logged (seed §What NOT to Log). */
const CANARIES = {
  seed: 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2',
  mnemonic: 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
  bearer: 'Bearer abcdefghijklmnopqrstuvwxyz012345',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlc2lnbmF0dXJl',
  rawKey: 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
  pem: '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v\n-----END PRIVATE KEY-----',
  ip: '203.0.113.77',
  own: 'ward_agent_0123456789abcdefghijklmnop',
};

describe('an entry', () => {
  test('never holds a secret, wherever a caller put it', async () => {
    verifies('XR-AUD-4');
    const { log } = await openLog(new MemoryStorage());
    const free = {
      ...CANARIES,
      nested: [{ deep: Object.values(CANARIES) }],
      password: 'hunter2-canary',
      tx_blob: '12000022800000',
    };
    const texts: string[] = [];
    texts.push(
      canonicalize(
        await log.append({ ...simpleEvent(1), operation: { name: 'x', parameters: free, result: 'success' } }),
      ),
    );
    const intent = await log.append(intentEvent());
    const outcome = outcomeEvent(intent.id);
    texts.push(
      canonicalize(
        await log.append({
          ...outcome,
          receipt: {
            ...outcome.receipt!,
            args: { hash: HASH, shown: free as never },
            effect: { status: 'ok', findings: Object.values(CANARIES) },
          },
        }),
      ),
    );
    for (const text of texts) {
      for (const [kind, canary] of Object.entries({ ...CANARIES, password: 'hunter2-canary', tx: '12000022800000' })) {
        expect(text.includes(JSON.stringify(canary).slice(1, -1)), kind).toBe(false);
      }
      expect(text).toContain('[redacted]');
    }
    // Hashes of content are not secrets and stay.
    expect(texts[1]).toContain(HASH);
    const stored = canonicalize(await log.find());
    for (const canary of Object.values(CANARIES)) expect(stored.includes(canary)).toBe(false);
  });

  test('holds no secret or IP address in its names, and keeps those of accounts and tools', async () => {
    verifies('XR-AUD-4');
    const { log } = await openLog(new MemoryStorage());
    const sui = `sui:mainnet:0x${'ab'.repeat(32)}`;
    for (const canary of [...Object.values(CANARIES), '2001:db8::7', '203.0.113.77:443']) {
      const entry = await log.append({
        eventType: 'auth.failure',
        toolName: canary,
        correlationId: canary,
        actor: { type: 'user', id: canary },
        operation: { name: canary, parameters: {}, result: 'denied' },
      });
      expect(canonicalize(entry).includes(JSON.stringify(canary).slice(1, -1)), canary).toBe(false);
    }
    const kept = await log.append({
      ...simpleEvent(1),
      toolName: 'files.write_file',
      actor: { type: 'user', id: sui },
    });
    expect(kept).toMatchObject({ toolName: 'files.write_file', actor: { id: sui } });
  });

  test('has the event types of the seed, word for word, and a list of ours', () => {
    verifies('XR-AUD-1');
    expect(SEED_EVENT_TYPES).toEqual([
      'wallet.create',
      'wallet.import',
      'wallet.export',
      'wallet.delete',
      'key.generate',
      'key.derive',
      'transaction.sign',
      'transaction.submit',
      'auth.success',
      'auth.failure',
      'auth.lockout',
      'security.rate_limit',
      'security.invalid_input',
      'security.suspicious',
    ]);
    expect(Object.isFrozen(SEED_EVENT_TYPES) && Object.isFrozen(EXTENSION_EVENT_TYPES)).toBe(true);
    expect(new Set([...SEED_EVENT_TYPES, ...EXTENSION_EVENT_TYPES]).size).toBe(
      SEED_EVENT_TYPES.length + EXTENSION_EVENT_TYPES.length,
    );
  });

  test('is stored as its canonical JSON: the spliced text is what RFC 8785 gives', async () => {
    verifies('XR-AUD-2');
    const { log } = await openLog(new MemoryStorage());
    const odd = {
      ...simpleEvent(1),
      toolName: 'a","hash":"b',
      correlationId: 'ü€😀"\\',
      actor: { type: 'system', id: ',"hash":"' },
    } as const;
    const entry = await log.append(odd);
    expect(await log.get(entry.id)).toEqual(entry);
    expect(await log.verify()).toMatchObject({ ok: true });
  });
});
