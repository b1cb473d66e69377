import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { decode } from 'ripple-binary-codec';
import { describe, expect, test } from 'vitest';
import { type Rig, rig, XRP } from './fixture.ts';

/** 100 XRP of tier 1 a day, 300 XRP at all; above 10 XRP tier 2, above 60 XRP tier 3. */
const AUTONOMOUS = 100n * XRP;
const VOLUME = 300n * XRP;
const policy: NonNullable<NonNullable<Parameters<typeof rig>[0]>['policy']> = (base) => ({
  ...base,
  amounts: { ...base.amounts, autonomousMax: 10n * XRP, delayedMax: 60n * XRP },
  tierVolumes: { autonomous: AUTONOMOUS, delayed: VOLUME },
  limits: { ...base.limits, volumePerDay: VOLUME },
});

type Step =
  | { readonly kind: 'sign'; readonly xrp: number; readonly sequence: number | null }
  | { readonly kind: 'approve' | 'veto' | 'ask'; readonly which: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'fault'; readonly port: 'keys' | 'log'; readonly after: number }
  | { readonly kind: 'restart' | 'sweep' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('sign' as const),
      xrp: fc.constantFrom(1, 5, 9, 10, 11, 20, 59, 61, 90),
      sequence: fc.option(fc.integer({ min: 7, max: 12 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('approve' as const, 'veto' as const, 'ask' as const),
      which: fc.nat(5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 61) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      port: fc.constantFrom('keys' as const, 'log' as const),
      after: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'sweep' as const) }) },
);

interface Outside {
  /** Signed blobs that somebody outside has seen, by hash. */
  readonly seen: Map<string, string>;
  readonly parked: string[];
  /** Requests whose veto was acknowledged. */
  readonly vetoed: Set<string>;
  readonly releasedBy: Map<string, string>;
}

/** Starts a step; steps run at the same time unless one is a pause. */
function start(
  given: Rig,
  outside: Outside,
  running: Promise<unknown>[],
  { ...one }: Step,
): Promise<unknown> | undefined {
  const note = (signed: { hash: string; signedTx: string } | null | undefined, id: string | null = null) => {
    if (!signed) return;
    outside.seen.set(signed.hash, signed.signedTx);
    if (id !== null) outside.releasedBy.set(id, signed.hash);
  };
  const go = (work: Promise<unknown>) => void running.push(work.catch(() => undefined));
  const pick = (which: number) => outside.parked[which % Math.max(1, outside.parked.length)];
  switch (one.kind) {
    case 'sign': {
      const fields = one.sequence === null ? {} : { Sequence: one.sequence, LastLedgerSequence: 9_000, Fee: '12' };
      go(
        given.ask(given.pay(BigInt(one.xrp) * XRP, fields)).then((answer) => {
          if (answer.status === 'approved') note(answer.signed);
          if (answer.status === 'pending_approval') outside.parked.push(answer.approval.approvalId);
        }),
      );
      return undefined;
    }
    case 'approve': {
      const id = pick(one.which);
      if (id !== undefined) go(given.approve(given.ada, id));
      return undefined;
    }
    case 'veto': {
      const id = pick(one.which);
      if (id !== undefined) go(given.deny(given.bob, id).then(() => outside.vetoed.add(id)));
      return undefined;
    }
    case 'ask': {
      const id = pick(one.which);
      if (id !== undefined) go(given.status(id).then(({ signed }) => note(signed, id)));
      return undefined;
    }
    case 'wait':
      given.clock.pass(one.seconds * 1_000);
      return undefined;
    case 'turns':
      return turns(one.count);
    case 'fault': {
      let left = one.after;
      given[one.port].fault = () => {
        if (left-- > 0) return;
        given[one.port].fault = () => undefined;
        throw new Error('planted');
      };
      return undefined;
    }
    case 'sweep':
      go(given.authority.sweep());
      return undefined;
    case 'restart':
      return given.restart();
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('calls, people, crashes and faults in any order', () => {
  verifies('XR-POL-2', 'XR-SEQ-1', 'XR-WAL-2', 'CH-TEE-4');

  test('nothing is signed twice for a sequence, nothing overspent, no veto undone, nothing unrecorded', async () => {
    let left = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const given = await rig({ policy });
        const outside: Outside = { seen: new Map(), parked: [], vetoed: new Set(), releasedBy: new Map() };
        const running: Promise<unknown>[] = [];
        for (const one of steps) await start(given, outside, running, one);
        await Promise.all(running);
        given.keys.fault = given.log.fault = () => undefined;
        await given.restart();
        left += outside.seen.size;

        // One set of bytes a sequence, of all that ever left.
        const bySequence = new Map<unknown, string>();
        let autonomous = 0n;
        let all = 0n;
        for (const [hash, signedTx] of outside.seen) {
          const transaction = decode(signedTx) as Record<string, string>;
          expect(bySequence.get(transaction.Sequence)).toBeUndefined();
          bySequence.set(transaction.Sequence, hash);
          const cost = BigInt(transaction.Amount!) + BigInt(transaction.Fee!);
          all += cost;
          const { transaction: found } = await given.authority.answer('transaction.find', { hash });
          if (found?.tier === 1) autonomous += cost;
          // What left was recorded and is known for ever.
          expect(found?.hash).toBe(hash);
          expect(given.log.signed.some(({ receipt }) => receipt?.effect.tx === `xrpl:1:${hash}`)).toBe(true);
        }
        expect(autonomous <= AUTONOMOUS && all <= VOLUME).toBe(true);
        // What left stays counted, over the restart too.
        const { spentToday } = await given.authority.answer('limits.get', {
          network: given.network,
          address: given.address,
        });
        expect(BigInt(spentToday) >= all && BigInt(spentToday) <= VOLUME).toBe(true);
        for (const id of outside.vetoed) {
          given.clock.pass(61_000);
          expect((await given.status(id)).signed).toBeNull();
          expect(outside.releasedBy.has(id)).toBe(false);
        }
        expect((await given.database.verifyDatabase()).ok).toBe(true);
      }),
      { numRuns: 40 },
    );
    // The runs did sign.
    expect(left).toBeGreaterThan(40);
  }, 120_000);

  test('control: a signer that forgets is caught', async () => {
    const given = await rig({ policy });
    const hashes: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const answer = await given.ask(given.pay(XRP + BigInt(i), { Sequence: 7, LastLedgerSequence: 9_000, Fee: '12' }));
      hashes.push(answer.status === 'approved' && answer.signed.hash);
      // What a rollback that nobody notices would do.
      await given.database.ledger.stage(
        [...given.database.ledger.entries('usage')]
          .filter(([id]) => !id.endsWith('/p'))
          .map(([id]) => ({ table: 'usage', id, value: null })),
      );
      await given.restart();
    }
    expect(new Set(hashes).size).toBe(2);
  });
});
