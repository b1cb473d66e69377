import { verifies } from '@wardmesh/testkit';
import {
  claimExpired,
  claimValidated,
  type LedgerServer,
  LIES,
  LOCAL_NETWORK_ID,
  prepareTx,
  startLedgerServer,
  TestLedger,
  type TxFields,
  testWallet,
} from '@wardmesh/testkit/xrpl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createXrplLedger, type XrplLedgerOptions } from './client.ts';
import type { LedgerEvent, XrplLedger } from './port.ts';

const alice = testWallet('alice');
const bob = testWallet('bob');

let servers: LedgerServer[] = [];
let clients: XrplLedger[] = [];

async function serve(ledger: TestLedger): Promise<LedgerServer> {
  const server = await startLedgerServer({ ledger });
  servers.push(server);
  return server;
}

function connect(options: Partial<XrplLedgerOptions> = {}): XrplLedger {
  const client = createXrplLedger({
    endpoints: servers.map(({ url }) => url),
    networkId: LOCAL_NETWORK_ID,
    pollMs: 15,
    connectTimeoutMs: 1_000,
    requestTimeoutMs: 400,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 15))),
    ...options,
  });
  clients.push(client);
  return client;
}

function payment(ledger: TestLedger, fields: Partial<TxFields> = {}) {
  const tx = { TransactionType: 'Payment', Destination: bob.address, Amount: '20000000', ...fields };
  return alice.sign(prepareTx(ledger, alice.address, tx));
}

/** Closes ledgers until told to stop, so that waiting ends. */
function closing(...ledgers: TestLedger[]): () => void {
  const timer = setInterval(() => ledgers.forEach((ledger) => void ledger.close()), 25);
  return () => clearInterval(timer);
}

let ledger: TestLedger;

beforeEach(() => {
  ledger = new TestLedger();
  ledger.fund(alice.address);
  ledger.close();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  clients = [];
});

describe('reading', () => {
  it('tells balances, reserves and fees in exact drops', async () => {
    await serve(ledger);
    const client = connect();
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
    await serve(ledger);
    const client = connect();
    const hashes = ['1000000', '2000000', '3000000'].map((Amount) => {
      const { blob, hash } = payment(ledger, { Amount });
      ledger.submit(blob);
      ledger.close();
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
    await serve(ledger);
    const client = connect();
    ledger.submit(
      alice.sign(prepareTx(ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 3 })).blob,
    );
    const entry = { SignerEntry: { Account: bob.address, SignerWeight: 1 } };
    const list = { TransactionType: 'SignerListSet', SignerQuorum: 1, SignerEntries: [entry] };
    ledger.submit(alice.sign(prepareTx(ledger, alice.address, list)).blob);
    ledger.close();
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
    await serve(ledger);
    const stop = closing(ledger);
    const { blob, hash } = payment(ledger);
    const outcome = await connect().submitAndWait(blob);
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
    await serve(ledger);
    const stop = closing(ledger);
    const outcome = await connect().submitAndWait(payment(ledger, { Amount: '999999999' }).blob);
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
    await serve(ledger);
    expect(await connect().submit(payment(ledger, fields).blob)).toMatchObject({ result, category, retryable });
  });

  it('never takes a provisional success for one: without a ledger it stays pending', async () => {
    await serve(ledger);
    const outcome = await connect().submitAndWait(payment(ledger).blob, { waitMs: 80 });
    expect(outcome).toMatchObject({ kind: 'pending', provisional: { result: 'tesSUCCESS' } });
  });

  it('waits through a lag between closing and validation', async () => {
    await serve(ledger);
    ledger.lag(3);
    const waiting = connect().submitAndWait(payment(ledger).blob, { waitMs: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    ledger.advance(2);
    ledger.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    ledger.close();
    expect(await waiting).toMatchObject({ kind: 'validated', success: true });
  });

  it('reports expiry only when the last ledger is validated without it', async () => {
    verifies('XR-SEQ-1', 'XR-WAL-4');
    const server = await serve(ledger);
    server.faults.swallow = new Set(['submit']);
    server.faults.lie = LIES.claimSuccess;
    const { blob } = payment(ledger, { LastLedgerSequence: ledger.validated.header.ledger_index + 3 });
    const stop = closing(ledger);
    const outcome = await connect().submitAndWait(blob, { waitMs: 5_000 });
    stop();
    expect(outcome).toMatchObject({ kind: 'expired', provisional: { result: 'tesSUCCESS' } });
  });

  it('sends nothing after the last ledger, and finds what was sent before', async () => {
    verifies('XR-SEQ-1');
    const server = await serve(ledger);
    const sent = payment(ledger);
    ledger.submit(sent.blob);
    const late = payment(ledger, { Amount: '1000001' });
    ledger.advance(25);
    expect(await connect().submitAndWait(sent.blob)).toMatchObject({ kind: 'validated', success: true });
    expect(await connect().awaitOutcome(late.blob)).toMatchObject({ kind: 'expired' });
    expect(server.requests).not.toContain('submit');
  });

  it('keeps the sequence 0 of a ticketed transaction', async () => {
    verifies('XR-SEQ-1');
    await serve(ledger);
    const made = alice.sign(prepareTx(ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 1 }));
    const ticket = ledger.submit(made.blob).tx.Sequence + 1;
    ledger.close();
    const stop = closing(ledger);
    const outcome = await connect().submitAndWait(payment(ledger, { TicketSequence: ticket }).blob);
    stop();
    expect(outcome).toMatchObject({ success: true, transaction: { Sequence: 0, TicketSequence: ticket } });
  });

  it('refuses bytes that are unsigned, endless, tampered or for another network', async () => {
    verifies('XR-NET-1');
    const server = await serve(ledger);
    const client = connect();
    const { LastLedgerSequence: _, ...endless } = prepareTx(ledger, alice.address, {
      TransactionType: 'AccountSet',
    }) as Record<string, unknown>;
    const other = payment(ledger, { NetworkID: 21_338 });
    await expect(client.submit(alice.sign(endless).blob)).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit(`${payment(ledger).blob}00`)).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit('1200')).rejects.toMatchObject({ code: 'INVALID_TRANSACTION' });
    await expect(client.submit(other.blob)).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(server.requests).toEqual([]);
  });
});

describe('nodes that lie or are on a fork', () => {
  it('one of two cannot make a success of what no validated ledger of the other holds', async () => {
    verifies('XR-WAL-4');
    const [liar] = [await serve(ledger), await serve(ledger)];
    const { blob, hash } = payment(ledger, { LastLedgerSequence: ledger.openIndex + 2 });
    liar!.faults.lie = claimValidated(hash, ledger.openIndex);
    const client = connect();
    expect(await client.awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
    ledger.advance(4);
    await expect(client.awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
    // The control: where the operator asks for one endpoint only, the lie succeeds.
    expect(await connect({ confirmations: 1 }).awaitOutcome(blob)).toMatchObject({ kind: 'validated', success: true });
  });

  it('one of two cannot make an end of what may still be validated', async () => {
    const [liar] = [await serve(ledger), await serve(ledger)];
    const { blob, hash } = payment(ledger);
    liar!.faults.lie = claimExpired(hash, ledger.openIndex + 50);
    expect(await connect().awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
    ledger.submit(blob);
    ledger.close();
    await expect(connect().awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
    expect(await connect({ confirmations: 1 }).awaitOutcome(blob)).toMatchObject({ kind: 'expired' });
  });

  it('a transaction that only a fork holds is not a success', async () => {
    const fork = ledger.twin();
    await serve(fork);
    await serve(ledger);
    const { blob } = payment(ledger, { LastLedgerSequence: ledger.openIndex + 2 });
    fork.submit(blob);
    fork.close();
    ledger.advance(4);
    await expect(connect().awaitOutcome(blob)).rejects.toMatchObject({ code: 'ENDPOINTS_DISAGREE' });
  });

  it('a node that loses a validated ledger takes the success with it', async () => {
    await serve(ledger);
    const { blob } = payment(ledger);
    ledger.submit(blob);
    ledger.close();
    expect(await connect().awaitOutcome(blob)).toMatchObject({ kind: 'validated' });
    ledger.fork(1);
    expect(await connect().awaitOutcome(blob, { waitMs: 30 })).toMatchObject({ kind: 'pending' });
  });

  it('a story that does not fit together is no story', async () => {
    const server = await serve(ledger);
    const { blob, hash } = payment(ledger);
    const whole = claimValidated(hash, ledger.openIndex);
    server.faults.lie = (exchange, response) => (exchange.command === 'tx' ? whole(exchange, response) : undefined);
    expect(await connect().awaitOutcome(blob, { waitMs: 60 })).toMatchObject({ kind: 'pending' });
  });

  it('refuses an answer about another transaction', async () => {
    const server = await serve(ledger);
    server.faults.lie = LIES.wrongHash;
    await expect(connect().submit(payment(ledger).blob)).rejects.toMatchObject({ code: 'MALFORMED_ANSWER' });
  });

  it('gets a transaction through although the first node swallows it', async () => {
    const shared = [await serve(ledger), await serve(ledger)];
    shared[0]!.faults.swallow = new Set(['submit']);
    shared[0]!.faults.lie = LIES.claimSuccess;
    const waiting = connect().submitAndWait(payment(ledger).blob, { waitMs: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    ledger.close();
    expect(await waiting).toMatchObject({ kind: 'validated', success: true, confirmedBy: 2 });
  });
});

describe('W22: bad connections', () => {
  it('goes on with the next endpoint when the first refuses, drops, hangs or talks rubbish', async () => {
    verifies('XR-NET-1');
    const [bad] = [await serve(ledger), await serve(ledger)];
    const client = connect();
    await client.serverInfo();
    bad!.faults.dropOn = new Set(['account_info']);
    expect((await client.accountInfo(alice.address)).balance).toBe(1_000_000_000n);
    for (const fault of ['silent', 'malformed', 'dropOn'] as const) {
      const fresh = connect();
      bad!.faults.dropOn = new Set();
      bad!.faults[fault] = new Set(['*']);
      expect((await fresh.accountInfo(alice.address)).balance).toBe(1_000_000_000n);
      bad!.faults[fault] = new Set();
    }
    bad!.faults.refuse = true;
    expect((await connect().accountInfo(alice.address)).balance).toBe(1_000_000_000n);
  });

  it('reconnects with back-off of 1 s and 2 s, and gives up after three tries', async () => {
    const server = await serve(ledger);
    const pauses: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    server.faults.refuse = true;
    await expect(connect({ sleep }).fee()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(pauses).toEqual([1_000, 2_000]);
    server.faults.refuse = false;
    const client = connect();
    await client.fee();
    server.dropConnections();
    expect(await client.fee()).toMatchObject({ baseFee: 10n });
  });

  it('refuses a node of another network, and never asks it again', async () => {
    verifies('XR-NET-1');
    const server = await serve(ledger);
    server.faults.lie = LIES.wrongNetwork;
    const client = connect();
    await expect(client.submit(payment(ledger).blob)).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    server.faults.lie = undefined;
    await expect(client.fee()).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(server.requests).toEqual(['server_state']);
  });

  it('uses the endpoint of the right network where one of two is not', async () => {
    verifies('XR-NET-1');
    const wrong = new TestLedger({ networkId: 1 });
    await serve(wrong);
    await serve(ledger);
    expect((await connect().accountInfo(alice.address)).balance).toBe(1_000_000_000n);
  });

  it.each(['ws://example.com', 'http://127.0.0.1', 'wss://user:word@example.com', 'nonsense'])('refuses %s', (url) => {
    expect(() => connect({ endpoints: [url] })).toThrowError(expect.objectContaining({ code: 'INVALID_ENDPOINT' }));
  });

  it('fails what waits when it is closed', async () => {
    const server = await serve(ledger);
    const client = connect({ requestTimeoutMs: 5_000 });
    await client.fee();
    server.faults.silent = new Set(['*']);
    const waiting = client.fee();
    const refused = expect(waiting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.close();
    await refused;
  });
});

describe('subscribing', () => {
  it('tells of ledgers and transactions, and of the gap after a lost connection', async () => {
    const server = await serve(ledger);
    const events: LedgerEvent[] = [];
    const stop = await connect().subscribe([bob.address], (event) => events.push(event));
    const { blob, hash } = payment(ledger);
    ledger.submit(blob);
    ledger.close();
    await expect
      .poll(() => events)
      .toMatchObject([{ kind: 'ledger' }, { kind: 'transaction', hash, result: 'tesSUCCESS' }]);
    server.dropConnections();
    await expect.poll(() => events.at(-1)).toEqual({ kind: 'gap' });
    ledger.close();
    await expect.poll(() => events.at(-1)).toMatchObject({ kind: 'ledger' });
    stop();
  });
});
