import { claimExpired, claimValidated, type Faults, LIES } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, Fixture } from '../../test/fixture.ts';

const ALL: ReadonlySet<string> = new Set(['*']);
const NONE: ReadonlySet<string> = new Set();

/** Moods of the hostile node. */
const MOODS: Readonly<Record<string, (faults: Faults, hash: string, index: number) => void>> = {
  honest: () => undefined,
  swallows: (faults) => {
    faults.swallow = new Set(['submit']);
    faults.lie = LIES.claimSuccess;
  },
  invents: (faults, hash, index) => {
    faults.lie = claimValidated(hash, index);
  },
  inventsFailure: (faults, hash, index) => {
    faults.lie = claimValidated(hash, index, 'tecNO_DST');
  },
  ends: (faults, hash, index) => {
    faults.lie = claimExpired(hash, index + 100);
  },
  confuses: (faults) => {
    faults.lie = LIES.wrongHash;
  },
  drops: (faults) => {
    faults.dropOn = ALL;
  },
  babbles: (faults) => {
    faults.malformed = ALL;
  },
  refuses: (faults) => {
    faults.refuse = true;
  },
};

describe('a hostile node beside an honest one', () => {
  it('never makes an outcome that the honest ledger does not have, whatever it does and when', async () => {
    verifies('XR-WAL-4', 'XR-SEQ-1');
    const kinds = new Map<string, number>();
    const moods = fc.array(fc.constantFrom(...Object.keys(MOODS)), { minLength: 4, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(moods, fc.boolean(), async (sequence, isReached) => {
        const fixture = new Fixture();
        const hostile = await fixture.serve();
        const honest = await fixture.serve();
        // In half of the runs nothing reaches the ledger: then every success is invented.
        if (!isReached) honest.faults.swallow = hostile.faults.swallow = new Set(['submit']);
        const { blob, hash } = fixture.payment({ LastLedgerSequence: fixture.ledger.openIndex + 6 });
        const waiting = fixture
          .connect()
          .submitAndWait(blob, { waitMs: 900 })
          .catch((error: { code: string }) => ({ kind: error.code }));
        for (const mood of sequence) {
          Object.assign(hostile.faults, {
            swallow: isReached ? NONE : new Set(['submit']),
            dropOn: NONE,
            malformed: NONE,
            refuse: false,
            lie: undefined,
          });
          MOODS[mood]!(hostile.faults, hash, fixture.ledger.openIndex);
          await after(20);
          fixture.ledger.close();
        }
        const stop = fixture.closing();
        const outcome = await waiting;
        stop();
        kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
        const truth = fixture.ledger.recorded(hash)?.meta.TransactionResult;
        if (outcome.kind === 'validated') expect(outcome).toMatchObject({ result: truth, confirmedBy: 2 });
        if (outcome.kind === 'expired') expect(truth).toBeUndefined();
        await fixture.end();
      }),
      { numRuns: 10, seed: 11 },
    );
    // The control: runs ended in more than one way, some of them well.
    expect(kinds.get('validated')).toBeGreaterThan(0);
    expect(kinds.size).toBeGreaterThan(1);
  }, 120_000);
});
