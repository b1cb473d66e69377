import { LIES, TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { after, alice, bob, Fixture } from '../../test/fixture.ts';
import type { LedgerEvent } from './port.ts';

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.end());

describe('W22: bad connections', () => {
  it('goes on with the next endpoint when the first refuses, drops, hangs or talks rubbish', async () => {
    verifies('XR-NET-1');
    const [bad] = [await fixture.serve(), await fixture.serve()];
    const client = fixture.connect();
    await client.serverInfo();
    bad!.faults.dropOn = new Set(['account_info']);
    expect((await client.accountInfo(alice.address)).balance).toBe(1_000_000_000n);
    for (const fault of ['silent', 'malformed', 'dropOn'] as const) {
      const fresh = fixture.connect();
      bad!.faults.dropOn = new Set();
      bad!.faults[fault] = new Set(['*']);
      expect((await fresh.accountInfo(alice.address)).balance).toBe(1_000_000_000n);
      bad!.faults[fault] = new Set();
    }
    bad!.faults.refuse = true;
    expect((await fixture.connect().accountInfo(alice.address)).balance).toBe(1_000_000_000n);
  });

  it('reconnects with back-off of 1 s and 2 s, and gives up after three tries', async () => {
    const server = await fixture.serve();
    const pauses: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    server.faults.refuse = true;
    await expect(fixture.connect({ sleep }).fee()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(pauses).toEqual([1_000, 2_000]);
    server.faults.refuse = false;
    const client = fixture.connect();
    await client.fee();
    server.dropConnections();
    expect(await client.fee()).toMatchObject({ baseFee: 10n });
  });

  it('refuses a node of another network, and never asks it again', async () => {
    verifies('XR-NET-1');
    const server = await fixture.serve();
    server.faults.lie = LIES.wrongNetwork;
    const client = fixture.connect();
    await expect(client.submit(fixture.payment().blob)).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    server.faults.lie = undefined;
    await expect(client.fee()).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(server.requests).toEqual(['server_state']);
  });

  it('uses the endpoint of the right network where one of two is not', async () => {
    verifies('XR-NET-1');
    const wrong = new TestLedger({ networkId: 1 });
    await fixture.serve(wrong);
    await fixture.serve();
    expect((await fixture.connect().accountInfo(alice.address)).balance).toBe(1_000_000_000n);
  });

  it.each(['ws://example.com', 'http://127.0.0.1', 'wss://user:word@example.com', 'nonsense'])('refuses %s', (url) => {
    expect(() => fixture.connect({ endpoints: [url] })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ENDPOINT' }),
    );
  });

  it('speaks TLS, and only to a certificate it trusts for that name', async () => {
    const { key, cert } = selfSigned('localhost');
    const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
    await fixture.serve(fixture.ledger, { key: pem, cert });
    expect(await fixture.connect({ ca: cert }).fee()).toMatchObject({ baseFee: 10n });
    await expect(fixture.connect().fee()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    const other = selfSigned('elsewhere.example');
    const elsewhere = new Fixture();
    const otherPem = other.key.export({ type: 'pkcs8', format: 'pem' }) as string;
    const { url } = await elsewhere.serve(elsewhere.ledger, { key: otherPem, cert: other.cert });
    const misnamed = fixture.connect({ endpoints: [url], ca: other.cert });
    await expect(misnamed.fee()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await elsewhere.end();
  });

  it('fails what waits when it is closed', async () => {
    const server = await fixture.serve();
    const client = fixture.connect({ requestTimeoutMs: 5_000 });
    await client.fee();
    server.faults.silent = new Set(['*']);
    const waiting = client.fee();
    const refused = expect(waiting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await after(20);
    client.close();
    await refused;
  });
});

describe('subscribing', () => {
  it('tells of ledgers and transactions, and of the gap after a lost connection', async () => {
    const server = await fixture.serve();
    const events: LedgerEvent[] = [];
    const stop = await fixture.connect().subscribe([bob.address], (event) => events.push(event));
    const { blob, hash } = fixture.payment();
    fixture.ledger.submit(blob);
    fixture.ledger.close();
    await expect
      .poll(() => events)
      .toMatchObject([{ kind: 'ledger' }, { kind: 'transaction', hash, result: 'tesSUCCESS' }]);
    server.dropConnections();
    await expect.poll(() => events.at(-1)).toEqual({ kind: 'gap' });
    fixture.ledger.close();
    await expect.poll(() => events.at(-1)).toMatchObject({ kind: 'ledger' });
    stop();
  });
});
