import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { KeySignature } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import { code, type Rig, type RigOptions, rig, XRP } from './fixture.ts';

const whole = { Sequence: 7, LastLedgerSequence: 1_100, Fee: '12' };
const COST = 10n * XRP + 12n;
/** Testnet: above 10,000 XRP is tier 2, released by time. */
const T2 = 20_000n * XRP;

const spent = async (given: Rig) => {
  const { network, address } = given;
  return BigInt((await given.authority.answer('limits.get', { network, address })).spentToday);
};
/** After {@link ENDED}, as the ledger's clock has it: a jump without the time for it is not believed. */
const later = (given: Rig) => given.facts({ ledgerIndex: 1_101 });
const ENDED = 600_000;

/** A wallet whose key is in a provider, which answers when the test lets it. */
async function elsewhere(options: RigOptions = {}) {
  const given = await rig(options);
  Object.assign(given.wallet, { keyElsewhere: true });
  const honest = given.keys.sign.bind(given.keys);
  const provider = { asked: 0, hangs: true, gate: Promise.resolve() };
  given.keys.sign = async (...of): Promise<KeySignature> => {
    provider.asked++;
    await provider.gate;
    if (provider.hangs) throw signerError('WALLET_SIGNATURE_UNKNOWN', 'no answer in time');
    return honest(...of);
  };
  return { ...given, given, provider };
}

describe('a provider of keys that does not answer may have signed', () => {
  verifies('CM-KMS-1', 'XR-WAL-2');

  test('so what was reserved stays counted, and the same bytes are not signed again until they have ended', async () => {
    const { given, ask, pay, provider, restart, clock } = await elsewhere();
    const blob = pay(10n * XRP, whole);
    await expect(ask(blob)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    expect(await spent(given)).toBe(COST);
    provider.hangs = false;
    await expect(ask(blob)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    await expect(ask(pay(10n * XRP, { ...whole, Fee: '13' }))).rejects.toMatchObject(code('SEQUENCE_IN_USE'));
    await restart();
    await expect(ask(blob)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    expect([provider.asked, await spent(given)]).toEqual([1, COST]);
    // No ledger can include it any more: it is given back.
    clock.pass(ENDED);
    const next = await ask(pay(10n * XRP, { ...whole, LastLedgerSequence: 1_110 }), { facts: later(given) });
    expect([next.status, await spent(given)]).toEqual(['approved', COST]);
  });

  test('asked by many at once it is asked once, and nobody gets a signature', async () => {
    const { given, ask, pay, provider } = await elsewhere();
    let open = () => undefined as undefined;
    provider.gate = new Promise<void>((resolve) => {
      open = () => void resolve() as undefined;
    });
    const blob = pay(10n * XRP, whole);
    const asks = Array.from({ length: 8 }, () => ask(blob));
    setTimeout(open, 20);
    for (const outcome of await Promise.allSettled(asks)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: code('WALLET_SIGNATURE_UNKNOWN') });
    }
    expect([provider.asked, await spent(given), given.log.signed.length]).toEqual([1, COST, 0]);
  });

  test('one approval is not signed for a second time under the next sequence', async () => {
    const { given, ask, pay, provider, clock, status } = await elsewhere();
    const parked = await ask(pay(T2));
    if (parked.status !== 'pending_approval') throw new Error(parked.status);
    const { approvalId } = parked.approval;
    clock.pass(61_000);
    await expect(status(approvalId)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    provider.hangs = false;
    await expect(status(approvalId)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    await given.restart();
    await expect(status(approvalId)).rejects.toMatchObject(code('WALLET_SIGNATURE_UNKNOWN'));
    expect(provider.asked).toBe(1);
    clock.pass(ENDED);
    const done = await status(approvalId, later(given));
    expect(done).toMatchObject({ status: 'released', signed: { hash: expect.any(String) } });
    expect([provider.asked, given.log.signed.length]).toEqual([2, 1]);
  });

  test.each(['WALLET_LOCKED', 'WALLET_REVOKED'] as const)('one that says %s has not: it is given back', async (why) => {
    const { given, ask, pay, keys } = await elsewhere();
    keys.sign = async () => {
      throw signerError(why, 'before anything was signed');
    };
    await expect(ask(pay(10n * XRP, whole))).rejects.toMatchObject(code(why));
    expect(await spent(given)).toBe(0n);
  });

  test('and one that answers after all is counted and recorded like any key', async () => {
    const { given, ask, pay, provider } = await elsewhere();
    provider.hangs = false;
    provider.gate = new Promise((resolve) => setTimeout(resolve, 20));
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(pay(10n * XRP, whole))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect([provider.asked, await spent(given), given.log.signed.length]).toEqual([1, COST, 1]);
  });
});
