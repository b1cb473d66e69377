import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Approvals } from './approvals.ts';
import { allow, callOf, setUp } from './fixture.ts';
import type { ApprovalStore } from './ports.ts';
import { type ApprovalRequest, isFinal } from './request.ts';

type Step =
  | 'ada approves'
  | 'bob approves'
  | 'bob denies'
  | 'claim'
  | 'claim changed'
  | 'expire'
  | 'time passes'
  | 'revoke ada';

const step = fc.constantFrom<Step>(
  'ada approves',
  'bob approves',
  'bob denies',
  'claim',
  'claim',
  'claim changed',
  'expire',
  'time passes',
  'revoke ada',
);

/** In every run, so that many of them come to a release. */
const START_STEPS: readonly Step[] = ['ada approves', 'bob approves', 'claim', 'claim'];

/** Runs the steps in an order the scheduler picks, on two services over one store. @returns when calls were released */
async function play(scheduler: fc.Scheduler, steps: readonly Step[], quorum: number, atomic: boolean) {
  const { clock, store, keys, approvals, base, ada, bob, ask } = setUp();
  const { id, over, expiresAt } = await ask({ quorum, lifetime: 10_000 });
  // Two services, as two processes, whose every store operation the scheduler puts in some order.
  const turn = () => scheduler.schedule(Promise.resolve());
  const slow: ApprovalStore = {
    insert: async (request) => turn().then(() => store.insert(request)),
    get: async (key) => turn().then(() => store.get(key)),
    list: async (filter) => turn().then(() => store.list(filter)),
    replace: async (next) => {
      await turn();
      const revision = atomic ? next.revision : ((await store.get(id))?.revision ?? 0) + 1;
      return store.replace({ ...next, revision });
    },
  };
  const services = [slow, slow].map((own) => new Approvals({ ...base, store: own }));
  const released: ApprovalRequest[] = [];
  const run = async (what: Step, service: Approvals): Promise<void> => {
    await turn();
    switch (what) {
      case 'ada approves':
        return void (await service.approve(id, ada.sign('approve', over)));
      case 'bob approves':
        return void (await service.approve(id, bob.sign('approve', over)));
      case 'bob denies':
        return void (await service.deny(id, bob.sign('deny', over)));
      case 'expire':
        return void (await service.expire());
      case 'time passes':
        return clock.pass(4_000);
      case 'revoke ada':
        return void keys.set(ada.key.keyId, { ...ada.key, revoked: true });
      case 'claim changed':
        await service.claim(id, callOf({ tool: 'delete_all' }), allow);
        throw new Error('a changed call was released');
      case 'claim':
        released.push(await service.claim(id, callOf(), allow));
    }
  };
  const runs = steps.map((what, i) =>
    run(what, services[i % 2]!).catch((error: { code?: string }) => {
      if (error.code?.startsWith('APPROVAL_') !== true) throw error;
    }),
  );
  await scheduler.waitFor(Promise.all(runs));
  const end = (await store.get(id))!;
  // Final is final: nothing that comes later moves it.
  if (isFinal(end.state)) {
    await approvals.claim(id, callOf(), allow).catch(() => undefined);
    await approvals.deny(id, bob.sign('deny', over)).catch(() => undefined);
  }
  return { released, end, later: (await store.get(id))!, expiresAt };
}

const inputs = [
  fc.scheduler(),
  fc.array(step, { minLength: 2, maxLength: 14 }),
  fc.integer({ min: 1, max: 2 }),
] as const;

describe('any interleaving of decisions', { timeout: 120_000 }, () => {
  verifies('WM-APR-1');

  it('releases at most once, never after denial or expiry, never short of the quorum', async () => {
    let releases = 0;
    await fc.assert(
      fc.asyncProperty(...inputs, async (scheduler, steps, quorum) => {
        const { released, end, later, expiresAt } = await play(scheduler, [...START_STEPS, ...steps], quorum, true);
        releases += released.length;
        expect(released.length).toBeLessThanOrEqual(1);
        expect(end.state === 'released').toBe(released.length === 1);
        for (const request of released) {
          expect(request.releasedAt).toBeLessThan(expiresAt);
          expect(new Set(request.decidedBy).size).toBe(request.decidedBy!.length);
          expect(request.decidedBy!.length).toBeGreaterThanOrEqual(quorum);
        }
        if (isFinal(end.state)) expect(later).toEqual(end);
      }),
      { numRuns: 300 },
    );
    expect(releases).toBeGreaterThan(10);
  });

  it('control: a store that does not compare is caught', async () => {
    const planted = fc.check(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const steps: Step[] = ['ada approves', 'claim', 'claim', 'claim', 'bob denies', 'claim'];
        const { released, end } = await play(scheduler, steps, 1, false);
        return released.length <= 1 && (end.state === 'released') === (released.length === 1);
      }),
      { numRuns: 300 },
    );
    expect((await planted).failed).toBe(true);
  });
});
