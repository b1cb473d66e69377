import type { Wallet } from '@wardmesh/signer/client';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { mapParallel } from '../parallel.ts';
import { networkName } from '../schema/parts.ts';
import { presentWallet, walletFields, xrpOf } from '../schema/present.ts';
import { defineTool, READS } from '../tool.ts';

const DAY_MS = 86_400_000;

const listed = z.strictObject({
  ...walletFields,
  balance_drops: z.string().nullable().optional(),
  balance_xrp: z.string().nullable().optional(),
  policy_summary: z
    .strictObject({
      policy_version: z.string(),
      policy_hash: z.string(),
      daily_limit_drops: z.string(),
      daily_remaining_drops: z.string(),
      hourly_tx_remaining: z.int(),
    })
    .optional(),
});

export const walletList = defineTool({
  name: 'wallet_list',
  title: 'List wallets',
  description: 'Your wallets, on all networks or on one, with balances and limits where asked for.',
  annotations: READS,
  input: z.strictObject({
    network: networkName.optional().describe('Only wallets of this network.'),
    include_inactive: z.boolean().default(false).describe('Show archived and long unused ones too.'),
    inactive_days_threshold: z
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('Leave out wallets without a validated transaction in that many days (asks the ledger).'),
    sort_by: z.enum(['name', 'created_at', 'network', 'balance']).default('created_at'),
    limit: z.int().min(1).max(100).default(50),
    offset: z.int().min(0).max(100_000).default(0),
    search: z.string().max(64).optional().describe('Part of a name or of an address.'),
    include_policy_summary: z.boolean().default(false),
    include_balance: z.boolean().default(false),
  }),
  output: z.strictObject({ wallets: z.array(listed), total: z.int() }),
  async run(args, call) {
    const { wallets } = await call.signer.request('wallets.list', { network: args.network ?? null });
    const wanted = args.search?.toLowerCase();
    const matching = wallets.filter(
      (wallet) =>
        (args.include_inactive || wallet.status === 'active') &&
        (wanted === undefined ||
          wallet.name.toLowerCase().includes(wanted) ||
          wallet.address.toLowerCase().includes(wanted)),
    );
    const days = args.include_inactive ? undefined : args.inactive_days_threshold;
    const used = days === undefined ? matching : await onlyUsed(call, matching, days);
    const balances = new Map<string, bigint | null>();
    if (args.sort_by === 'balance') await readBalances(call, used, balances);
    const sorted = used.toSorted(order(args.sort_by, balances));
    const page = sorted.slice(args.offset, args.offset + args.limit);
    if (args.include_balance) await readBalances(call, page, balances);
    const rows = await mapParallel(page, async (wallet) => ({
      ...presentWallet(wallet),
      ...(args.include_balance && presentBalance(balances.get(wallet.walletId) ?? null)),
      ...(args.include_policy_summary && { policy_summary: await summary(call, wallet) }),
    }));
    return { value: { wallets: rows, total: sorted.length } };
  },
});

function order(by: string, balances: ReadonlyMap<string, bigint | null>) {
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return (a: Wallet, b: Wallet): number => {
    if (by === 'name') return text(a.name, b.name);
    if (by === 'network' && a.network !== b.network) return text(a.network, b.network);
    if (by === 'balance') {
      const [x, y] = [balances.get(a.walletId) ?? -1n, balances.get(b.walletId) ?? -1n];
      if (x !== y) return x > y ? -1 : 1;
    }
    return a.createdAt - b.createdAt || text(a.walletId, b.walletId);
  };
}

/** A wallet whose account cannot be read has no balance to show; the others still do. */
async function readBalances(call: Call, wallets: readonly Wallet[], into: Map<string, bigint | null>): Promise<void> {
  const missing = wallets.filter(({ walletId }) => !into.has(walletId));
  await mapParallel(missing, async ({ walletId, network, address }) => {
    const info = await call.networks
      .ledger(network)
      .accountInfo(address)
      .catch(() => null);
    into.set(walletId, info?.balance ?? null);
  });
}

function presentBalance(drops: bigint | null) {
  return { balance_drops: drops?.toString() ?? null, balance_xrp: drops === null ? null : xrpOf(drops) };
}

async function onlyUsed(call: Call, wallets: readonly Wallet[], days: number): Promise<readonly Wallet[]> {
  const since = call.clock.now() - days * DAY_MS;
  const used = await mapParallel(wallets, async (wallet) => {
    const history = await call.networks
      .ledger(wallet.network)
      .accountTransactions(wallet.address, { limit: 1 })
      .catch(() => null);
    return (history?.rows[0]?.closeTime ?? wallet.createdAt) >= since;
  });
  return wallets.filter((_, index) => used[index] === true);
}

async function summary(call: Call, { network, address, policy }: Wallet) {
  const limits = await call.signer.request('limits.get', { network, address });
  return {
    policy_version: policy.version,
    policy_hash: policy.hash,
    daily_limit_drops: limits.dailyVolume,
    daily_remaining_drops: limits.left.dailyRemaining,
    hourly_tx_remaining: limits.left.hourlyTransactionsRemaining,
  };
}
