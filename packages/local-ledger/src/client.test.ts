import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorizeChannel, Client, hashes, multisign, type SubmittableTransaction, Wallet } from 'xrpl';
import {
  conditionOf,
  fulfillmentOf,
  GENESIS_ACCOUNT,
  type LedgerServer,
  LOCAL_NETWORK_ID,
  RIPPLE_EPOCH,
  startLedgerServer,
  TestLedger,
} from './index.ts';

/** A clock that tests push forward; one ledger second is one of its seconds. */
function testClock() {
  let now = 1_800_000_000_000;
  return { now: () => now, monotonic: () => now, pass: (seconds: number) => (now += seconds * 1_000) };
}

describe('the official client against the test ledger', () => {
  let server: LedgerServer;
  let client: Client;
  let clock: ReturnType<typeof testClock>;
  const [alice, bob, carol] = [Wallet.generate(), Wallet.generate(), Wallet.generate()];

  beforeEach(async () => {
    clock = testClock();
    server = await startLedgerServer({ ledger: new TestLedger({ clock }), clock, closeEveryMs: 100 });
    client = new Client(server.url);
    await client.connect();
    for (const { address } of [alice, bob, carol]) server.ledger.fund(address);
    server.close();
  });
  afterEach(async () => {
    await client.disconnect();
    await server.stop();
  });

  /** As submitAndWait, without its pause of a second: fill in, sign, submit, close the ledger, look. */
  async function send(tx: SubmittableTransaction, wallet: Wallet) {
    const { tx_blob: blob, hash } = wallet.sign(await client.autofill(tx));
    await client.submit(blob);
    server.close();
    const { result } = await client.request({ command: 'tx', transaction: hash });
    const meta = result.meta as { TransactionResult: string; delivered_amount?: unknown };
    return { result, code: meta.TransactionResult, delivered: meta.delivered_amount };
  }

  it('fills in, signs, submits and sees a payment validated', async () => {
    const to = Wallet.generate().address;
    const tx = { TransactionType: 'Payment', Account: alice.address, Destination: to, Amount: '25000000' } as const;
    const { result } = await client.submitAndWait(tx, { wallet: alice, autofill: true });
    expect(result.validated).toBe(true);
    expect(result.meta).toMatchObject({ TransactionResult: 'tesSUCCESS', delivered_amount: '25000000' });
    expect((result.tx_json as { NetworkID?: number }).NetworkID).toBe(LOCAL_NETWORK_ID);
    expect(await client.getXrpBalance(to)).toBe(25);
  });

  it('takes payments of both key types and refuses a tampered one', async () => {
    const old = Wallet.fromSeed('snoPBrXtMeMyMHUVTgbuqAfg1SUTb', { algorithm: 'ecdsa-secp256k1' as never });
    expect(old.address).toBe(GENESIS_ACCOUNT);
    const tx = { TransactionType: 'Payment', Account: old.address, Destination: bob.address, Amount: '1' } as const;
    expect((await send(tx, old)).code).toBe('tesSUCCESS');
    const { tx_blob: blob } = alice.sign(
      await client.autofill({
        TransactionType: 'Payment',
        Account: alice.address,
        Destination: bob.address,
        Amount: '7',
      }),
    );
    const tampered = blob
      .replace('6140000000000000007', '614000000000000000F')
      .replace('614000000000000007', '61400000000000000F');
    expect(tampered).not.toBe(blob);
    await expect(client.submit(tampered)).rejects.toMatchObject({ data: { error: 'invalidTransaction' } });
  });

  it('hashes ledgers so that the official client computes the same', async () => {
    await send({ TransactionType: 'AccountSet', Account: alice.address, Domain: '6578' }, alice);
    const { result } = await client.request({
      command: 'ledger',
      ledger_index: 'validated',
      transactions: true,
      expand: false,
    });
    const header = result.ledger as unknown as Parameters<typeof hashes.hashLedgerHeader>[0];
    expect(hashes.hashLedgerHeader(header)).toBe(result.ledger_hash);
  });

  it('counts a multisignature with its quorum, order and fee', async () => {
    const signer = (account: string) => ({ SignerEntry: { Account: account, SignerWeight: 1 } });
    const list = {
      TransactionType: 'SignerListSet',
      Account: alice.address,
      SignerQuorum: 2,
      SignerEntries: [signer(bob.address), signer(carol.address)],
    } as const;
    expect((await send({ ...list, SignerEntries: [...list.SignerEntries] }, alice)).code).toBe('tesSUCCESS');
    const tx = await client.autofill(
      { TransactionType: 'Payment', Account: alice.address, Destination: bob.address, Amount: '1000000' },
      2,
    );
    expect(tx).toMatchObject({ Fee: '36' }); // (N + 1) × base, with the client's own cushion of 1.2
    const [byBob, byCarol] = [bob.sign(tx, true).tx_blob, carol.sign(tx, true).tx_blob];
    const { result: alone } = await client.submit(multisign([byBob]));
    expect(alone.engine_result).toBe('tefBAD_QUORUM');
    const { result } = await client.submitAndWait(multisign([byBob, byCarol]));
    expect(result.meta).toMatchObject({ TransactionResult: 'tesSUCCESS' });
  });

  it('locks, keeps and releases an escrow by condition and ledger time', async () => {
    const preimage = Buffer.from('a secret of thirty-two bytes !!!');
    const now = Math.floor(clock.now() / 1_000) - RIPPLE_EPOCH;
    const create = {
      TransactionType: 'EscrowCreate',
      Account: alice.address,
      Destination: bob.address,
      Amount: '50000000',
      Condition: conditionOf(preimage),
      FinishAfter: now + 1_000,
      CancelAfter: now + 2_000,
    } as const;
    const { result, code } = await send(create, alice);
    expect(code).toBe('tesSUCCESS');
    const escrow = { Owner: alice.address, OfferSequence: result.tx_json.Sequence! };
    const finish = {
      TransactionType: 'EscrowFinish',
      Account: bob.address,
      ...escrow,
      Condition: create.Condition,
      Fulfillment: fulfillmentOf(preimage),
    } as const;
    expect((await send(finish, bob)).code).toBe('tecNO_PERMISSION');
    clock.pass(1_500);
    server.close();
    const wrong = { ...finish, Fulfillment: fulfillmentOf(Buffer.from('another')) };
    expect((await send(wrong, bob)).code).toBe('tecCRYPTOCONDITION_ERROR');
    const cancel = { TransactionType: 'EscrowCancel', Account: bob.address, ...escrow } as const;
    expect((await send(cancel, bob)).code).toBe('tecNO_PERMISSION');
    expect((await send(finish, bob)).code).toBe('tesSUCCESS');
    expect((await send(finish, bob)).code).toBe('tecNO_TARGET');
    const { result: objects } = await client.request({ command: 'account_objects', account: alice.address });
    expect(objects.account_objects).toEqual([]);
  });

  it('uses tickets in any order, each once', async () => {
    const made = await send({ TransactionType: 'TicketCreate', Account: alice.address, TicketCount: 2 }, alice);
    const first = made.result.tx_json.Sequence! + 1;
    const noop = (ticket: number) =>
      ({ TransactionType: 'AccountSet', Account: alice.address, Sequence: 0, TicketSequence: ticket }) as const;
    expect((await send(noop(first + 1), alice)).code).toBe('tesSUCCESS');
    expect((await send(noop(first), alice)).code).toBe('tesSUCCESS');
    const { result } = await client.submit(await client.autofill(noop(first)), { wallet: alice });
    expect(result.engine_result).toBe('tefNO_TICKET');
  });

  it('disables a master key only where another one can sign', async () => {
    const disable = { TransactionType: 'AccountSet', Account: alice.address, SetFlag: 4 } as const;
    expect((await send(disable, alice)).code).toBe('tecNO_ALTERNATIVE_KEY');
    const key = { TransactionType: 'SetRegularKey', Account: alice.address, RegularKey: carol.address } as const;
    expect((await send(key, alice)).code).toBe('tesSUCCESS');
    expect((await send(disable, carol)).code).toBe('tecNEED_MASTER_KEY');
    expect((await send(disable, alice)).code).toBe('tesSUCCESS');
    const noop = { TransactionType: 'AccountSet', Account: alice.address } as const;
    const { result } = await client.submit(await client.autofill(noop), { wallet: alice });
    expect(result.engine_result).toBe('tefMASTER_DISABLED');
    const { result: foreign } = await client.submit(await client.autofill(noop), { wallet: bob });
    expect(foreign.engine_result).toBe('tefBAD_AUTH');
    expect((await send(noop, carol)).code).toBe('tesSUCCESS');
    const none = { TransactionType: 'SetRegularKey', Account: alice.address } as const;
    expect((await send(none, carol)).code).toBe('tecNO_ALTERNATIVE_KEY');
  });

  it('moves issued currencies along trust lines within their limits', async () => {
    const usd = (value: string) => ({ currency: 'USD', issuer: carol.address, value });
    const trust = { TransactionType: 'TrustSet', LimitAmount: usd('100') } as const;
    const pay = (from: Wallet, to: Wallet, value: string) =>
      send({ TransactionType: 'Payment', Account: from.address, Destination: to.address, Amount: usd(value) }, from);
    expect((await send({ TransactionType: 'AccountSet', Account: carol.address, SetFlag: 8 }, carol)).code).toBe(
      'tesSUCCESS',
    );
    for (const holder of [alice, bob]) await send({ ...trust, Account: holder.address }, holder);
    expect(await pay(carol, alice, '60.25')).toMatchObject({ code: 'tesSUCCESS', delivered: usd('60.25') });
    expect((await pay(carol, alice, '40')).code).toBe('tecPATH_PARTIAL');
    expect((await pay(alice, bob, '10.125')).code).toBe('tesSUCCESS');
    expect((await pay(alice, bob, '51')).code).toBe('tecPATH_PARTIAL');
    expect(await client.getBalances(alice.address)).toContainEqual({
      currency: 'USD',
      issuer: carol.address,
      value: '50.125',
    });
  });

  it('pays checks and channels', async () => {
    const check = {
      TransactionType: 'CheckCreate',
      Account: alice.address,
      Destination: bob.address,
      SendMax: '9000000',
    } as const;
    await send(check, alice);
    const { result } = await client.request({ command: 'account_objects', account: bob.address, type: 'check' });
    const cash = {
      TransactionType: 'CheckCash',
      Account: bob.address,
      CheckID: result.account_objects[0]!.index,
      Amount: '4000000',
    } as const;
    expect(await send(cash, bob)).toMatchObject({ code: 'tesSUCCESS', delivered: '4000000' });
    const channel = {
      TransactionType: 'PaymentChannelCreate',
      Account: alice.address,
      Destination: bob.address,
      Amount: '8000000',
      SettleDelay: 60,
      PublicKey: alice.publicKey,
    } as const;
    const { result: made } = await send(channel, alice);
    const id = hashes.hashPaymentChannel(alice.address, bob.address, made.tx_json.Sequence!);
    const claim = {
      TransactionType: 'PaymentChannelClaim',
      Account: bob.address,
      Channel: id,
      Balance: '3000000',
      Amount: '3000000',
      PublicKey: alice.publicKey,
    } as const;
    const forged = await client.submit(
      await client.autofill({ ...claim, Signature: authorizeChannel(bob, id, '3000000') }),
      {
        wallet: bob,
      },
    );
    expect(forged.result.engine_result).toBe('temBAD_SIGNATURE');
    expect((await send({ ...claim, Signature: authorizeChannel(alice, id, '3000000') }, bob)).code).toBe('tesSUCCESS');
    expect(
      (
        await send(
          { TransactionType: 'PaymentChannelClaim', Account: bob.address, Channel: id, Flags: 0x0002_0000 },
          bob,
        )
      ).code,
    ).toBe('tesSUCCESS');
    expect(
      (await client.request({ command: 'account_info', account: alice.address })).result.account_data.OwnerCount,
    ).toBe(0);
  });

  it('says of what it does not execute that it is disabled', async () => {
    const offer = {
      TransactionType: 'OfferCreate',
      Account: alice.address,
      TakerGets: '1',
      TakerPays: { currency: 'USD', issuer: bob.address, value: '1' },
    } as const;
    const { result } = await client.submit(await client.autofill(offer), { wallet: alice });
    expect([result.engine_result, result.engine_result_code]).toEqual(['temDISABLED', -273]);
  });

  it('funds wallets as the public faucets do', async () => {
    const { hostname, port } = new URL(server.faucetUrl);
    const response = await fetch(`http://${hostname}:${port}/accounts`, {
      method: 'POST',
      body: JSON.stringify({ destination: Wallet.generate().address }),
    });
    expect(await response.json()).toMatchObject({ amount: 1_000 });
  });

  it('tells subscribers of ledgers and transactions', async () => {
    const seen: string[] = [];
    client.on('ledgerClosed', ({ txn_count: count }) => seen.push(`ledger ${count}`));
    client.on('transaction', ({ hash }) => seen.push(hash!));
    await client.request({ command: 'subscribe', streams: ['ledger'], accounts: [bob.address] });
    const { result } = await send(
      { TransactionType: 'Payment', Account: alice.address, Destination: bob.address, Amount: '1' },
      alice,
    );
    expect(seen).toContain('ledger 1');
    expect(seen).toContain(result.hash);
  });
});
