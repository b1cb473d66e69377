import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prepareTx } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob, carol } from '../fixtures/bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.end());

describe('wallet_balance', () => {
  it('takes the reserve from the server and counts what is owned', async () => {
    verifies('XR-WAL-1');
    const { blob } = alice.sign(
      prepareTx(bench.ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 5 }),
    );
    bench.ledger.submit(blob);
    bench.ledger.close();
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      balance_drops: '999999990',
      balance_xrp: '999.99999',
      // Five tickets: 1 + 5 × 0.2 XRP (reference §4).
      reserve_drops: '2000000',
      available_drops: '997999990',
      owner_count: 5,
      ticket_count: 5,
      regular_key_set: false,
      signer_list: null,
      flags: [],
      policy_id: 'local-default',
      network: 'local',
      policy_status: {
        daily_volume_xrp: '0',
        daily_limit_xrp: '50000',
        daily_utilization_percent: 0,
        hourly_limit: 1_000,
        autonomous_available_xrp: '300',
      },
    });
  });

  it('believes another reserve when the server says another', async () => {
    bench.node.faults.lie = ({ command }, response) => {
      if (command !== 'server_state') return undefined;
      const text = JSON.stringify(response).replace('"reserve_base":1000000', '"reserve_base":10000000');
      return JSON.parse(text);
    };
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      reserve_drops: '10000000',
    });
  });

  it('shows flags, a regular key and a signer list', async () => {
    for (const fields of [
      { TransactionType: 'SetRegularKey', RegularKey: carol.address },
      { TransactionType: 'AccountSet', SetFlag: 1 },
      {
        TransactionType: 'SignerListSet',
        SignerQuorum: 2,
        SignerEntries: [bob, carol].map(({ address }) => ({ SignerEntry: { Account: address, SignerWeight: 1 } })),
      },
    ]) {
      bench.ledger.submit(alice.sign(prepareTx(bench.ledger, alice.address, fields)).blob);
      bench.ledger.close();
    }
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      regular_key_set: true,
      flags: ['require_destination_tag'],
      signer_list: { quorum: 2, signers: expect.arrayContaining([{ account: bob.address, weight: 1 }]) },
    });
  });

  it('is asked by address or by id, not both', async () => {
    const { wallets } = await bench.value('wallet_list');
    const [wallet] = wallets as { wallet_id: string }[];
    expect(await bench.value('wallet_balance', { wallet_id: wallet?.wallet_id })).toMatchObject({
      address: alice.address,
    });
    for (const args of [{}, { wallet_address: alice.address, wallet_id: 'x' }]) {
      expect(await bench.error('wallet_balance', args)).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
  });

  it('is confirmed by a second endpoint, and none where they disagree', async () => {
    await bench.serve();
    await bench.start();
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({ confirmed_by: 2 });
    bench.node.faults.lie = ({ command }, response) => {
      if (command !== 'account_info') return undefined;
      return JSON.parse(JSON.stringify(response).replace('"Balance":"1000000000"', '"Balance":"9000000000"'));
    };
    expect(await bench.error('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      code: 'ENDPOINTS_DISAGREE',
    });
  });
});

describe('wallet_list', () => {
  it('filters, sorts, pages and shows balances and limits where asked', async () => {
    verifies('XR-WAL-1');
    bench.signer.add('local', bob);
    bench.signer.add('local', carol);
    bench.signer.archive(bob.address);
    expect(await bench.value('wallet_list')).toMatchObject({ total: 2 });
    expect(await bench.value('wallet_list', { include_inactive: true, limit: 1, offset: 1 })).toMatchObject({
      total: 3,
      wallets: [{ address: bob.address, status: 'archived' }],
    });
    expect(
      await bench.value('wallet_list', { sort_by: 'balance', include_balance: true, include_policy_summary: true }),
    ).toMatchObject({
      wallets: [
        { address: alice.address, balance_xrp: '1000', policy_summary: { daily_limit_drops: '50000000000' } },
        { address: carol.address, balance_drops: null },
      ],
    });
    expect(await bench.value('wallet_list', { search: carol.address.slice(3, 9) })).toMatchObject({ total: 1 });
    expect(await bench.value('wallet_list', { network: 'testnet' })).toMatchObject({ wallets: [], total: 0 });
  });
});

describe('wallet_history', () => {
  async function pay(count: number, drops = 1_000_000): Promise<void> {
    for (let i = 0; i < count; i++) {
      const fields = { TransactionType: 'Payment', Destination: bob.address, Amount: String(drops + i) };
      bench.ledger.submit(alice.sign(prepareTx(bench.ledger, alice.address, fields)).blob);
      if (i % 4 === 3) bench.ledger.close();
    }
    bench.ledger.close();
  }
  type Row = { hash: string; amount_drops: string; direction: string };

  it('W10: reads API version 2: amounts, results, times, who paid whom, and what the signer knows', async () => {
    verifies('XR-WAL-1');
    const paid = await bench.whileClosing(
      bench.value('wallet_pay', {
        wallet_address: alice.address,
        destination: bob.address,
        amount_xrp: '12.5',
        context: 'order 9',
      }),
    );
    const { transactions } = await bench.value('wallet_history', { wallet_address: alice.address });
    expect(transactions).toMatchObject([
      {
        hash: (paid.signing as { tx_hash: string }).tx_hash,
        type: 'Payment',
        direction: 'sent',
        destination: bob.address,
        amount_drops: '12500000',
        delivered_drops: '12500000',
        fee_drops: '10',
        success: true,
        result: 'tesSUCCESS',
        policy_tier: 1,
        context: 'order 9',
        log_entry: expect.any(String),
      },
      { type: 'Payment', direction: 'received', policy_tier: null, context: null, amount_drops: '1000000000' },
    ]);
  });

  it.each([3, 7, 20, 100])(
    'W10: pages of %i show everything once, in order, while new ledgers close',
    async (limit) => {
      await pay(25);
      const seen: Row[] = [];
      let marker: unknown;
      do {
        const page = await bench.value('wallet_history', {
          wallet_address: alice.address,
          limit,
          ...(marker !== undefined && { marker }),
        });
        const rows = page.transactions as unknown as Row[];
        expect(rows.length).toBeLessThanOrEqual(limit);
        seen.push(...rows);
        expect(page.has_more).toBe(page.marker !== null);
        marker = page.marker ?? undefined;
        await pay(1, 5_000_000);
      } while (marker !== undefined);
      expect(seen.map(({ amount_drops }) => amount_drops)).toEqual([
        ...Array.from({ length: 25 }, (_, i) => String(1_000_024 - i)),
        '1000000000',
      ]);
      expect(new Set(seen.map(({ hash }) => hash)).size).toBe(26);
    },
  );

  it('W10: filters by type, direction, amount, time and result', async () => {
    await pay(3);
    const count = async (filter: Record<string, unknown>) =>
      (
        (await bench.value('wallet_history', { wallet_address: alice.address, ...filter }))
          .transactions as unknown as Row[]
      ).length;
    expect(await count({ types: ['Payment'] })).toBe(4);
    expect(await count({ types: ['EscrowCreate'] })).toBe(0);
    expect(await count({ source: alice.address })).toBe(3);
    expect(await count({ destination: alice.address })).toBe(1);
    expect(await count({ min_amount_drops: '1000001', max_amount_drops: '2000000' })).toBe(2);
    expect(await count({ result: 'failed' })).toBe(0);
    expect(await count({ end: '2020-01-01T00:00:00Z' })).toBe(0);
    expect(await count({ start: '2020-01-01T00:00:00Z', forward: true })).toBe(4);
    const error = await bench.error('wallet_history', {
      wallet_address: alice.address,
      start: '2021-01-01T00:00:00Z',
      end: '2020-01-01T00:00:00Z',
    });
    expect(error).toMatchObject({ code: 'INVALID_DATE_RANGE' });
    expect(
      await bench.error('wallet_history', { wallet_address: alice.address, marker: { ledger: 'x' } }),
    ).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});

describe('wallet_fund', () => {
  it('asks the local faucet and believes only the ledger', async () => {
    verifies('XR-WAL-1');
    bench.signer.add('local', carol);
    expect(await bench.whileClosing(bench.value('wallet_fund', { wallet_address: carol.address }))).toMatchObject({
      status: 'funded',
      amount_drops: '1000000000',
      initial_balance_drops: '1000000000',
      account_ready: true,
      faucet_url: bench.node.faucetUrl,
    });
    expect(await bench.value('wallet_fund', { wallet_address: carol.address })).toMatchObject({
      status: 'pending',
      amount_drops: null,
    });
  });

  it('never on mainnet', async () => {
    verifies('XR-NET-1');
    bench.signer.add('mainnet', carol);
    expect(await bench.error('wallet_fund', { wallet_address: carol.address, network: 'mainnet' })).toMatchObject({
      code: 'NETWORK_NOT_SUPPORTED',
    });
    expect(bench.signer.asked).toEqual([]);
  });

  it.each<[string, (server: Server) => void]>([
    [
      'is busy',
      (server) => server.on('request', (_, response) => response.writeHead(429, { 'retry-after': '60' }).end('{}')),
    ],
    [
      'redirects',
      (server) =>
        server.on('request', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
    ],
    ['answers nonsense', (server) => server.on('request', (_, response) => response.end('<html>'))],
    ['answers without end', (server) => server.on('request', (_, response) => response.end('x'.repeat(100_000)))],
    ['hangs up', (server) => server.on('request', (request) => request.socket.destroy())],
  ])('a faucet that %s is unavailable, and nothing is claimed', async (what, behave) => {
    const server = createServer();
    behave(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await bench.start({ fetch: (_, options) => fetch(url, options) });
    const error = await bench.error('wallet_fund', { wallet_address: alice.address });
    expect(error).toMatchObject({ code: 'FAUCET_UNAVAILABLE', ...(what === 'is busy' && { retryAfter: 60 }) });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('network_config', () => {
  it('shows networks, asks them where told, and sets the default of calls that name none', async () => {
    verifies('XR-NET-1');
    const { networks } = await bench.value('network_config');
    expect(networks).toMatchObject([
      { network: 'mainnet', network_id: 0, faucet_url: null, needs_acknowledgement: true },
      { network: 'testnet', network_id: 1, faucet_url: 'https://faucet.altnet.rippletest.net/accounts' },
      { network: 'devnet', network_id: 2 },
      { network: 'local', network_id: 31_337, endpoints: [bench.node.url], reachable: null },
    ]);
    expect(await bench.value('network_config', { network: 'devnet' })).toMatchObject({
      status: 'configured',
      network: 'devnet',
    });
    expect(await bench.error('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      code: 'NETWORK_MISMATCH',
    });
  });

  it('takes no endpoint from an agent', async () => {
    for (const args of [
      { primary_url: 'wss://evil.test' },
      { endpoint: 'wss://evil.test' },
      { fallback_urls: ['wss://evil.test'] },
    ]) {
      expect(await bench.error('network_config', { network: 'local', ...args })).toMatchObject({
        code: 'VALIDATION_ERROR',
      });
    }
    expect(await bench.value('network_config')).toMatchObject({ network: 'local' });
  });
});
