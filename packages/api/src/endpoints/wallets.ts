import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { count, drops, json, time } from '../parts.ts';

const params = z.strictObject({
  network: z.enum(['mainnet', 'testnet', 'devnet', 'local']),
  address: z.string().regex(/^r[1-9A-HJ-NP-Za-km-z]{24,34}$/),
});

export const walletView = z.object({
  network: z.string(),
  address: z.string(),
  name: z.string(),
  status: z.string(),
  unlocked: z.boolean(),
  kind: z.string(),
  protection: z.string(),
  policy: z.object({ id: z.string(), version: z.string(), hash: z.string() }),
  backupAt: time.nullable(),
});

export const WALLETS = {
  'wallets.list': endpoint({
    method: 'GET',
    path: '/wallets',
    permission: 'wallet:read',
    summary: 'Wallets that the signer keeps; no key leaves it',
    answer: z.object({ available: z.boolean(), wallets: z.array(walletView) }),
  }),
  'wallets.show': endpoint({
    method: 'GET',
    path: '/wallets/{network}/{address}',
    permission: 'wallet:read',
    summary: 'A wallet, its policy with history, and what is left of its limits',
    params,
    answer: z.object({
      wallet: walletView,
      /** As a node of its ledger tells it; null where none does. Nothing is decided by it. */
      balance: drops.nullable(),
      policy: json,
      history: z.array(json),
      limits: z.object({
        autonomousRemaining: drops,
        dailyRemaining: drops,
        spentToday: drops,
        dailyVolume: drops,
        hourCount: count,
        perHour: count,
        dayCount: count,
        perDay: count,
        hourlyResetAt: time,
        dailyResetAt: time,
      }),
    }),
  }),
  'wallets.propose': endpoint({
    method: 'POST',
    path: '/wallets/{network}/{address}/policy',
    permission: 'wallet:manage',
    summary: 'Proposes a change of policy: a tightening applies at once, a loosening waits for a quorum',
    params,
    body: z.strictObject({
      policy: z.string().max(1_048_576),
      mode: z.enum(['merge', 'replace']),
      reason: z.string().min(10).max(500),
    }),
    answer: z.object({
      status: z.enum(['applied', 'pending_approval']),
      changes: z.array(json),
      approvalId: z.string().nullable(),
    }),
  }),
} as const;
