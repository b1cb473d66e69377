import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, Wallet } from 'xrpl';
import { type LedgerServer, startLedgerServer, TestLedger } from './index.ts';

describe('the official client against the test ledger', () => {
  let server: LedgerServer;
  let client: Client;

  beforeEach(async () => {
    server = await startLedgerServer({ ledger: new TestLedger(), closeEveryMs: 200 });
    client = new Client(server.url);
    await client.connect();
  });
  afterEach(async () => {
    await client.disconnect();
    await server.stop();
  });

  it('fills in, signs, submits and sees a payment validated', async () => {
    const [alice, bob] = [Wallet.generate(), Wallet.generate()];
    server.ledger.fund(alice.address);
    server.close();
    const { result } = await client.submitAndWait(
      { TransactionType: 'Payment', Account: alice.address, Destination: bob.address, Amount: '25000000' },
      { wallet: alice, autofill: true },
    );
    expect(result.validated).toBe(true);
    expect(result.meta).toMatchObject({ TransactionResult: 'tesSUCCESS', delivered_amount: '25000000' });
    expect(await client.getXrpBalance(bob.address)).toBe(25);
  });
});
