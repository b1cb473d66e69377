import { LIES, prepareTx } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { after, alice, bob, Fixture } from '../../test/fixture.ts';

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.end());

describe('reading', () => {
  it('tells balances, reserves and fees in exact drops', async () => {
    await fixture.serve();
    const client = fixture.connect();
    expect(await client.serverInfo()).toMatchObject({
      reserveBase: 1_000_000n,
      reserveIncrement: 200_000n,
      baseFee: 10n,
    });
    expect(await client.fee()).toMatchObject({ openLedgerFee: 10n });
    expect(await client.accountInfo(alice.address)).toMatchObject({
      balance: 1_000_000_000n,
      ownerCount: 0,
      ticketCount: 0,
    });
    await expect(client.accountInfo(bob.address)).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
    await expect(client.accountInfo('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('W10: reads the history in the shape of API version 2, page by page', async () => {
    await fixture.serve();
    const client = fixture.connect();
    const hashes = ['1000000', '2000000', '3000000'].map((Amount) => {
      const { blob, hash } = fixture.payment({ Amount });
      fixture.ledger.submit(blob);
      fixture.ledger.close();
      return hash;
    });
    const first = await client.accountTransactions(alice.address, { limit: 2 });
    expect(first.rows.map(({ hash }) => hash)).toEqual([hashes[2], hashes[1]]);
    expect(first.rows[0]).toMatchObject({ result: 'tesSUCCESS', delivered: { kind: 'xrp', drops: 3_000_000n } });
    expect(first.rows[0]!.transaction).toMatchObject({ DeliverMax: '3000000' });
    const rest = await client.accountTransactions(alice.address, { limit: 2, marker: first.marker! });
    expect(rest.rows.map(({ hash }) => hash)[0]).toBe(hashes[0]);
    expect(rest.marker).toBeUndefined();
  });

  it('pages through objects and shows signer lists', async () => {
    await fixture.serve();
    const client = fixture.connect();
    fixture.ledger.submit(
      alice.sign(prepareTx(fixture.ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 3 })).blob,
    );
    const entry = { SignerEntry: { Account: bob.address, SignerWeight: 1 } };
    const list = { TransactionType: 'SignerListSet', SignerQuorum: 1, SignerEntries: [entry] };
    fixture.ledger.submit(alice.sign(prepareTx(fixture.ledger, alice.address, list)).blob);
    fixture.ledger.close();
    const page = await client.accountObjects(alice.address, { type: 'ticket', limit: 2 });
    const last = await client.accountObjects(alice.address, { type: 'ticket', limit: 2, marker: page.marker! });
    expect([...page.rows, ...last.rows].map((row) => row.LedgerEntryType)).toEqual(['Ticket', 'Ticket', 'Ticket']);
    const info = await client.accountInfo(alice.address);
    expect(info).toMatchObject({
      ticketCount: 3,
      ownerCount: 4,
      signerList: { quorum: 1, signers: [{ address: bob.address, weight: 1 }] },
    });
  });
});

describe('submitting', () => {
  it('W9: reads meta.TransactionResult and reports a validated success', async () => {
    verifies('XR-WAL-4');
    await fixture.serve();
    const stop = fixture.closing();
    const { blob, hash } = fixture.payment();
    const outcome = await fixture.connect().submitAndWait(blob);
    stop();
    expect(outcome).toMatchObject({
      kind: 'validated',
      success: true,
      hash,
      result: 'tesSUCCESS',
      category: 'success',
      delivered: { kind: 'xrp', drops: 20_000_000n },
      confirmedBy: 1,
    });
  });

  it('W9: reports a tec as validated and failed, its cost claimed', async () => {
    verifies('XR-WAL-4');
    await fixture.serve();
    const stop = fixture.closing();
    const outcome = await fixture.connect().submitAndWait(fixture.payment({ Amount: '999999999' }).blob);
    stop();
    expect(outcome).toMatchObject({
      kind: 'validated',
      success: false,
      result: 'tecUNFUNDED_PAYMENT',
      category: 'claimed_cost_only',
      retryable: false,
    });
  });

  it.each([
    ['temMALFORMED kin', { Amount: '0' }, 'temBAD_AMOUNT', 'malformed', false],
    ['a used sequence', { Sequence: 1 }, 'tefPAST_SEQ', 'failed_precondition', false],
    ['a fee too low', { Fee: '1' }, 'telINSUF_FEE_P', 'local_error', true],
    ['a sequence ahead', { Sequence: 99 }, 'terPRE_SEQ', 'retry_possible', true],
  ])('says the category of %s', async (_, fields, result, category, retryable) => {
    verifies('XR-WAL-4');
    await fixture.serve();
    expect(await fixture.connect().submit(fixture.payment(fields).blob)).toMatchObject({ result, category, retryable });
  });

  it('never takes a provisional success for one: without a ledger it stays pending', async () => {
    await fixture.serve();
    const outcome = await fixture.connect().submitAndWait(fixture.payment().blob, { waitMs: 80 });
    expect(outcome).toMatchObject({ kind: 'pending', provisional: { result: 'tesSUCCESS' } });
  });

  it('waits through a lag between closing and validation', async () => {
    await fixture.serve();
    fixture.ledger.lag(3);
    const waiting = fixture.connect().submitAndWait(fixture.payment().blob, { waitMs: 5_000 });
    await after(100);
    fixture.ledger.advance(2);
    fixture.ledger.close();
    await after(50);
    fixture.ledger.close();
    expect(await waiting).toMatchObject({ kind: 'validated', success: true });
  });

  it('reports expiry only when the last ledger is validated without it', async () => {
    verifies('XR-SEQ-1', 'XR-WAL-4');
    const server = await fixture.serve();
    server.faults.swallow = new Set(['submit']);
    server.faults.lie = LIES.claimSuccess;
    const { blob } = fixture.payment({ LastLedgerSequence: fixture.ledger.validated.header.ledger_index + 3 });
    const stop = fixture.closing();
    const outcome = await fixture.connect().submitAndWait(blob, { waitMs: 5_000 });
    stop();
    expect(outcome).toMatchObject({ kind: 'expired', provisional: { result: 'tesSUCCESS' } });
  });

  it('sends nothing after the last ledger, and finds what was sent before', async () => {
    verifies('XR-SEQ-1');
    const server = await fixture.serve();
    const sent = fixture.payment();
    fixture.ledger.submit(sent.blob);
    const late = fixture.payment({ Amount: '1000001' });
    fixture.ledger.advance(25);
    expect(await fixture.connect().submitAndWait(sent.blob)).toMatchObject({ kind: 'validated', success: true });
    expect(await fixture.connect().awaitOutcome(late.blob)).toMatchObject({ kind: 'expired' });
    expect(server.requests).not.toContain('submit');
  });

  it('keeps the sequence 0 of a ticketed transaction', async () => {
    verifies('XR-SEQ-1');
    await fixture.serve();
    const made = alice.sign(
      prepareTx(fixture.ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 1 }),
    );
    const ticket = fixture.ledger.submit(made.blob).tx.Sequence + 1;
    fixture.ledger.close();
    const stop = fixture.closing();
    const outcome = await fixture.connect().submitAndWait(fixture.payment({ TicketSequence: ticket }).blob);
    stop();
    expect(outcome).toMatchObject({ success: true, transaction: { Sequence: 0, TicketSequence: ticket } });
  });

  it('refuses bytes that are unsigned, endless, tampered or for another network', async () => {
    verifies('XR-NET-1');
    const server = await fixture.serve();
    const client = fixture.connect();
    const { LastLedgerSequence: _, ...endless } = prepareTx(fixture.ledger, alice.address, {
      TransactionType: 'AccountSet',
    }) as Record<string, unknown>;
    const other = fixture.payment({ NetworkID: 21_338 });
    await expect(client.submit(alice.sign(endless).blob)).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit(`${fixture.payment().blob}00`)).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit('1200')).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit(other.blob)).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(server.requests).toEqual([]);
  });
});
