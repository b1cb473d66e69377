import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, Killed } from '../fixture.ts';
import { ACCOUNT, type Fate, OLD_KEY, World } from './rotation.fixture.ts';
import { isOver, ROTATION_REASONS, type RotationReason } from './rotation.ts';
import type { Rotations } from './rotations.ts';

const GOOD: Fate = { approval: 'granted', transaction: 'validated', patience: 1, hasOldKey: true };
const request = { account: ACCOUNT, reason: 'scheduled' } as const;

/** Starts or goes on, until the rotation is over; each wait is one more call. */
async function finish(rotations: Rotations): Promise<void> {
  let progress = (await rotations.resume()) ?? (await rotations.start(request));
  for (let i = 0; progress.waitingFor !== undefined; i++) {
    if (i > 50) throw new Error('it waits for ever');
    progress = (await rotations.resume())!;
  }
}

/** What must hold once a rotation is over, whatever happened on the way. */
function assertEnd(world: World): void {
  const { current } = world.log;
  const active = [...world.keys.values()].filter(({ state }) => state === 'active');
  const others = [...world.keys.values()].filter(({ state }) => state !== 'active');
  expect(others).toEqual([]);
  if (current?.step === 'COMPLETED') {
    expect(active.map(({ keyId }) => keyId)).toEqual([current.newKeyId]);
    expect(world.regularKey).toBe(current.newKey?.address);
    expect(world.destroyed.at(-1)).toBe(current.oldKeyId);
    expect([current.backupChecksum, world.backups > 0]).toEqual(['sha256:backup', true]);
  } else {
    expect(current?.step).toBe('ROLLED_BACK');
    expect(active.map(({ keyId }) => keyId)).toEqual(world.fate.hasOldKey ? [OLD_KEY] : []);
    expect(active[0]?.address).toBe(world.regularKey);
    expect(world.destroyed).not.toContain(OLD_KEY);
  }
}

const endOf = ({ approval, transaction }: Fate): string =>
  approval === 'granted' && transaction === 'validated' ? 'COMPLETED' : 'ROLLED_BACK';

const fates: fc.Arbitrary<Fate> = fc.record({
  approval: fc.constantFrom('granted', 'granted', 'denied', 'expired'),
  transaction: fc.constantFrom('validated', 'validated', 'failed', 'lost'),
  patience: fc.nat(2),
  hasOldKey: fc.boolean(),
});

describe('a rotation', () => {
  verifies('XR-WAL-5');

  test('replaces the key, makes a backup, and destroys the old key last', async () => {
    const world = new World(GOOD);
    const rotations = world.process();
    const started = await rotations.start({ ...request, reason: 'other', description: 'because the auditors ask' });
    expect(started).toMatchObject({
      waitingFor: 'approval',
      rotation: { step: 'APPROVAL_PENDING', oldKeyId: OLD_KEY },
    });
    await finish(rotations);
    expect(world.log.current).toMatchObject({ step: 'COMPLETED', approvalId: 'approval 0' });
    assertEnd(world);
    expect(await rotations.resume()).toBeUndefined();
  });

  test.each<[string, Partial<Fate>]>([
    ['people deny it', { approval: 'denied' }],
    ['nobody answers', { approval: 'expired' }],
    ['W15: the transaction is validated with another result than success', { transaction: 'failed' }],
    ['the transaction is lost and expires', { transaction: 'lost' }],
  ])('turns back where %s, and the old key stays', async (_name, fate) => {
    const world = new World({ ...GOOD, ...fate });
    await finish(world.process());
    expect(world.log.current?.step).toBe('ROLLED_BACK');
    assertEnd(world);
  });

  test('killed at any call, before or after it took effect, goes on or turns back', async () => {
    let deaths = 0;
    for (const fate of [
      GOOD,
      { ...GOOD, hasOldKey: false },
      { ...GOOD, approval: 'denied' },
      { ...GOOD, transaction: 'failed' },
      { ...GOOD, transaction: 'lost' },
    ] as Fate[]) {
      for (const when of ['before', 'after'] as const) {
        for (let call = 1; ; call++) {
          const world = new World(fate);
          const first = world.process();
          world.killAt(call, when);
          await finish(first).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          const { isDead } = world;
          if (world.log.current === undefined || !isOver(world.log.current)) await finish(world.process());
          expect(world.log.current?.step).toBe(endOf(fate));
          assertEnd(world);
          if (!isDead) break;
          deaths++;
        }
      }
    }
    expect(deaths).toBeGreaterThan(150);
  });

  test('killed again and again comes to the same end', async () => {
    const kills = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('before' as const, 'after' as const)),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(fates, kills, async (fate, deaths) => {
        const world = new World(fate);
        for (const [call, when] of deaths) {
          if (world.log.current !== undefined && isOver(world.log.current)) break;
          const rotations = world.process();
          world.killAt(call, when);
          await finish(rotations).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
        }
        if (world.log.current === undefined || !isOver(world.log.current)) await finish(world.process());
        expect(world.log.current?.step).toBe(endOf(fate));
        assertEnd(world);
      }),
      { numRuns: 400 },
    );
  });

  test.each<[string, Partial<Fate>, (world: World) => string | undefined]>([
    [
      'has the key of a transaction that it says has failed',
      { transaction: 'failed' },
      (world) => world.log.current?.transaction?.blob ?? world.keys.get(OLD_KEY)?.address,
    ],
    ['lacks the key of a transaction that it says counts', {}, (world) => world.keys.get(OLD_KEY)?.address],
  ])('destroys neither key where the ledger %s', async (_name, fate, regularKey) => {
    const world = new World({ ...GOOD, patience: 0, ...fate });
    Object.defineProperty(world, 'regularKey', { get: () => regularKey(world), set() {} });
    const { rotation } = await world.process().start(request);
    expect(rotation).toMatchObject({ step: 'FAILED', failure: expect.any(String) });
    expect([world.destroyed, world.keys.size]).toEqual([[], 2]);
  });

  test('turns back at the operator’s word until a transaction is signed, then no more', async () => {
    const world = new World({ ...GOOD, patience: 2 });
    const rotations = world.process();
    await expect(rotations.abort()).rejects.toMatchObject(code('VAULT_ROTATION_STATE'));
    await rotations.start(request);
    expect((await rotations.abort()).rotation).toMatchObject({ step: 'ROLLED_BACK', abort: 'operator' });
    assertEnd(world);
    let progress = await rotations.start(request);
    while (progress.waitingFor === 'approval') progress = (await rotations.resume())!;
    expect(progress.waitingFor).toBe('transaction');
    await expect(rotations.abort()).rejects.toMatchObject(code('VAULT_ROTATION_STATE'));
    await finish(rotations);
    assertEnd(world);
  });

  test('runs alone', async () => {
    const world = new World(GOOD);
    const rotations = world.process();
    const [first, second] = await Promise.allSettled([rotations.start(request), rotations.start(request)]);
    expect(first.status).toBe('fulfilled');
    expect((second as { reason: unknown }).reason).toMatchObject(code('VAULT_ROTATION_STATE'));
  });

  test('comes once in 24 hours, or five times where forced', async () => {
    const world = new World({ ...GOOD, patience: 0 });
    const rotations = world.process();
    await rotations.start(request);
    world.clock.pass(3_600_000);
    await expect(rotations.start(request)).rejects.toMatchObject({
      code: 'VAULT_ROTATION_COOLDOWN',
      retryAfter: 23 * 3_600,
    });
    world.clock.pass(-10 * 3_600_000);
    await expect(rotations.start(request)).rejects.toMatchObject(code('VAULT_ROTATION_COOLDOWN'));
    world.clock.pass(10 * 3_600_000);
    for (let i = 0; i < 5; i++) await rotations.start({ ...request, force: true });
    await expect(rotations.start({ ...request, force: true })).rejects.toMatchObject(code('VAULT_ROTATION_COOLDOWN'));
    world.clock.pass(24 * 3_600_000);
    expect((await rotations.start(request)).rotation.step).toBe('COMPLETED');
  });

  test.each([
    [{ account: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi' }],
    [{ reason: 'because' as RotationReason }],
    [{ reason: 'other' as const }],
    [{ reason: 'incident_response' as const, description: 'short' }],
    [{ algorithm: 'rsa' as 'ed25519' }],
  ])('with %j is refused', async (change) => {
    const world = new World(GOOD);
    await expect(world.process().start({ ...request, ...change })).rejects.toMatchObject(code('VAULT_BAD_INPUT'));
    expect([world.log.current, ROTATION_REASONS.length]).toEqual([undefined, 7]);
  });
});
