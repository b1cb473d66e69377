import { claimExpired, claimValidated, LIES } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { after, alice, Fixture } from '../../test/fixture.ts';

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.end());

describe('nodes that lie or are on a fork', () => {
  it('one of two cannot make a success of what no validated ledger of the other holds', async () => {
    verifies('XR-WAL-4');
    const [liar] = [await fixture.serve(), await fixture.serve()];
    const { blob, hash } = fixture.payment({ LastLedgerSequence: fixture.ledger.openIndex + 2 });
    liar!.faults.lie = claimValidated(hash, fixture.ledger.openIndex);
    const client = fixture.connect();
    expect(await client.awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
    fixture.ledger.advance(4);
    await expect(client.awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
    // The control: where the operator asks for one endpoint only, the lie succeeds.
    expect(await fixture.connect({ confirmations: 1 }).awaitOutcome(blob)).toMatchObject({
      kind: 'validated',
      success: true,
    });
  });

  it('one of two cannot make an end of what may still be validated', async () => {
    const [liar] = [await fixture.serve(), await fixture.serve()];
    const { blob, hash } = fixture.payment();
    liar!.faults.lie = claimExpired(hash, fixture.ledger.openIndex + 50);
    expect(await fixture.connect().awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
    fixture.ledger.submit(blob);
    fixture.ledger.close();
    await expect(fixture.connect().awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
    expect(await fixture.connect({ confirmations: 1 }).awaitOutcome(blob)).toMatchObject({ kind: 'expired' });
  });

  it('a transaction that only a fork holds is not a success', async () => {
    const fork = fixture.ledger.twin();
    await fixture.serve(fork);
    await fixture.serve();
    const { blob } = fixture.payment({ LastLedgerSequence: fixture.ledger.openIndex + 2 });
    fork.submit(blob);
    fork.close();
    fixture.ledger.advance(4);
    await expect(fixture.connect().awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
  });

  it('a node that loses a validated ledger takes the success with it', async () => {
    await fixture.serve();
    const { blob } = fixture.payment();
    fixture.ledger.submit(blob);
    fixture.ledger.close();
    expect(await fixture.connect().awaitOutcome(blob)).toMatchObject({ kind: 'validated' });
    fixture.ledger.fork(1);
    expect(await fixture.connect().awaitOutcome(blob, { waitMs: 30 })).toMatchObject({ kind: 'pending' });
  });

  it('a story that does not fit together is no story', async () => {
    const server = await fixture.serve();
    const { blob, hash } = fixture.payment();
    const whole = claimValidated(hash, fixture.ledger.openIndex);
    server.faults.lie = (exchange, response) => (exchange.command === 'tx' ? whole(exchange, response) : undefined);
    expect(await fixture.connect().awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
  });

  it('a balance that only one of two tells is an error, and one that both tell is confirmed', async () => {
    const [liar] = [await fixture.serve(), await fixture.serve()];
    const client = fixture.connect();
    expect(await client.accountInfo(alice.address)).toMatchObject({ balance: 1_000_000_000n, confirmedBy: 2 });
    liar!.faults.lie = LIES.wrongBalance;
    await expect(client.accountInfo(alice.address)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
    // The control: alone it is believed.
    const alone = await fixture.connect({ confirmations: 1 }).accountInfo(alice.address);
    expect(alone).toMatchObject({ balance: 1_000_000_000_000n, confirmedBy: 1 });
  });

  it('refuses an answer about another transaction', async () => {
    const server = await fixture.serve();
    server.faults.lie = LIES.wrongHash;
    await expect(fixture.connect().submit(fixture.payment().blob)).rejects.toMatchObject({ code: 'MALFORMED_ANSWER' });
  });

  it('gets a transaction through although the first node swallows it', async () => {
    const shared = [await fixture.serve(), await fixture.serve()];
    shared[0]!.faults.swallow = new Set(['submit']);
    shared[0]!.faults.lie = LIES.claimSuccess;
    const waiting = fixture.connect().submitAndWait(fixture.payment().blob, { waitMs: 5_000 });
    await after(200);
    fixture.ledger.close();
    expect(await waiting).toMatchObject({ kind: 'validated', success: true, confirmedBy: 2 });
  });
});
