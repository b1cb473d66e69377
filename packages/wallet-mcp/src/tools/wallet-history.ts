import { isJsonObject, type JsonObject, toTimestamp } from '@wardmesh/core';
import type { LedgerAmount, ValidatedTransaction } from '@wardmesh/ledgers';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { WalletMcpError } from '../error.ts';
import { MAX_HISTORY_REQUESTS, MIN_LEDGER_PAGE } from '../limits.ts';
import { mapParallel } from '../parallel.ts';
import { dropsText, instant, network, policyTier, timestamp, walletAddress } from '../schema/parts.ts';
import { defineTool, READS } from '../tool.ts';
import { chooseWallet, readAccount } from '../wallets.ts';

/** Where the next page begins. `ledger` and `seq` are the server's; the others hold the view still while new ledgers close. */
const marker = z.strictObject({
  ledger: z.int().min(-1),
  seq: z.int().min(0),
  /** Rows of that page that were shown already. */
  skip: z.int().min(0).max(400),
  /** Newest ledger of the view. */
  max_ledger: z.int().min(0),
});

const entry = z.strictObject({
  hash: z.string(),
  type: z.string(),
  result: z.string(),
  success: z.boolean(),
  direction: z.enum(['sent', 'received', 'self', 'other']),
  source: z.string(),
  destination: z.string().nullable(),
  destination_tag: z.int().nullable(),
  amount_drops: z.string().nullable(),
  /** What truly arrived; a partial payment delivers less than its amount says. */
  delivered_amount: z.string().nullable(),
  delivered_drops: z.string().nullable(),
  fee_drops: z.string(),
  timestamp,
  ledger_index: z.int(),
  /** What this wallet's signer knows of it; null where it did not sign it. */
  policy_tier: policyTier.nullable(),
  context: z.string().nullable(),
  log_entry: z.string().nullable(),
});

export const walletHistory = defineTool({
  name: 'wallet_history',
  title: 'Transactions of a wallet',
  description:
    'Validated transactions of a wallet, newest first unless forward, with what the signer knows of those it signed. Go on with marker while has_more. Filters may make a page short or empty while there is more.',
  annotations: READS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    limit: z.int().min(1).max(100).default(20),
    marker: marker.optional().describe('From the previous page, unchanged, with the same other arguments.'),
    forward: z.boolean().default(false).describe('Oldest first.'),
    types: z.array(z.string().min(1).max(40)).max(80).optional().describe('Transaction types, as Payment.'),
    start: instant.optional().describe('Not before this time: ISO 8601 or Unix seconds.'),
    end: instant.optional().describe('Not after this time.'),
    min_amount_drops: dropsText.optional(),
    max_amount_drops: dropsText.optional(),
    destination: z.string().max(100).optional(),
    source: z.string().max(100).optional(),
    result: z.enum(['all', 'success', 'failed']).default('all'),
  }),
  output: z.strictObject({
    address: z.string(),
    transactions: z.array(entry),
    marker: marker.nullable(),
    has_more: z.boolean(),
  }),
  async run(args, call) {
    const chosen = await chooseWallet(call, args);
    const { address } = chosen;
    const filter = makeFilter({
      ...args,
      destination: args.destination && readAccount(args.destination, chosen.network, 'destination'),
      source: args.source && readAccount(args.source, chosen.network, 'source'),
    });
    const ledger = call.networks.ledger(chosen.network);
    const maxLedger = args.marker?.max_ledger ?? (await ledger.serverInfo()).validated.index;
    let at: z.output<typeof marker> | null = args.marker ?? { ledger: -1, seq: 0, skip: 0, max_ledger: maxLedger };
    const shown: ValidatedTransaction[] = [];
    for (let request = 0; at !== null && request < MAX_HISTORY_REQUESTS && shown.length < args.limit; request++) {
      const here: z.output<typeof marker> = at;
      const page = await ledger.accountTransactions(address, {
        limit: Math.max(MIN_LEDGER_PAGE, args.limit),
        forward: args.forward,
        maxLedger,
        ...(here.ledger >= 0 && { marker: { ledger: here.ledger, seq: here.seq } }),
      });
      let used = here.skip;
      for (; used < page.rows.length && shown.length < args.limit; used++) {
        const row = page.rows[used];
        if (row !== undefined && filter(row)) shown.push(row);
      }
      at = used < page.rows.length ? { ...here, skip: used } : nextPage(page.marker, maxLedger);
    }
    const transactions = await mapParallel(shown, (row) => present(call, row, address));
    return { value: { address, transactions, marker: at, has_more: at !== null } };
  },
});

function nextPage(given: JsonObject | string | undefined, maxLedger: number): z.output<typeof marker> | null {
  if (given === undefined) return null;
  const { ledger, seq } = isJsonObject(given) ? given : {};
  if (typeof ledger !== 'number' || typeof seq !== 'number') {
    throw new WalletMcpError('INVALID_MARKER', 'the server gave a marker that is not one of transactions');
  }
  return { ledger, seq, skip: 0, max_ledger: maxLedger };
}

interface Filter {
  readonly types?: readonly string[] | undefined;
  readonly start?: string | number | undefined;
  readonly end?: string | number | undefined;
  readonly min_amount_drops?: string | undefined;
  readonly max_amount_drops?: string | undefined;
  readonly destination?: string | undefined;
  readonly source?: string | undefined;
  readonly result: 'all' | 'success' | 'failed';
}

function makeFilter(filter: Filter): (row: ValidatedTransaction) => boolean {
  const [start, end] = [toMs(filter.start), toMs(filter.end)];
  if (start !== null && end !== null && start > end) {
    throw new WalletMcpError('INVALID_DATE_RANGE', 'start is after end');
  }
  const [min, max] = [toDrops(filter.min_amount_drops), toDrops(filter.max_amount_drops)];
  if (min !== null && max !== null && min > max) {
    throw new WalletMcpError('VALIDATION_ERROR', 'min_amount_drops is above max_amount_drops');
  }
  const types = filter.types === undefined ? null : new Set(filter.types);
  return ({ transaction, result, closeTime, delivered }) => {
    const amount = delivered?.kind === 'xrp' ? delivered.drops : amountOf(transaction);
    return (
      (types === null || types.has(String(transaction.TransactionType))) &&
      (start === null || closeTime >= start) &&
      (end === null || closeTime <= end) &&
      (min === null || (amount !== null && amount >= min)) &&
      (max === null || (amount !== null && amount <= max)) &&
      (filter.destination === undefined || transaction.Destination === filter.destination) &&
      (filter.source === undefined || transaction.Account === filter.source) &&
      (filter.result === 'all' || (result === 'tesSUCCESS') === (filter.result === 'success'))
    );
  };
}

function toMs(given: string | number | undefined): number | null {
  if (given === undefined) return null;
  return typeof given === 'number' ? given * 1_000 : Date.parse(given);
}

const toDrops = (text: string | undefined): bigint | null => (text === undefined ? null : BigInt(text));

/** Payments have DeliverMax in API version 2. */
function amountOf(transaction: JsonObject): bigint | null {
  const amount = transaction.DeliverMax ?? transaction.Amount;
  return typeof amount === 'string' && /^\d{1,18}$/.test(amount) ? BigInt(amount) : null;
}

async function present(call: Call, row: ValidatedTransaction, address: string): Promise<z.output<typeof entry>> {
  const { transaction, delivered } = row;
  const source = String(transaction.Account);
  const destination = typeof transaction.Destination === 'string' ? transaction.Destination : null;
  const { transaction: known } =
    source === address ? await call.signer.request('transaction.find', { hash: row.hash }) : { transaction: null };
  return {
    hash: row.hash,
    type: String(transaction.TransactionType),
    result: row.result,
    success: row.result === 'tesSUCCESS',
    direction:
      source === address ? (destination === address ? 'self' : 'sent') : destination === address ? 'received' : 'other',
    source,
    destination,
    destination_tag: typeof transaction.DestinationTag === 'number' ? transaction.DestinationTag : null,
    amount_drops: amountOf(transaction)?.toString() ?? null,
    delivered_amount: delivered === undefined ? null : amountText(delivered),
    delivered_drops: delivered?.kind === 'xrp' ? delivered.drops.toString() : null,
    fee_drops: String(transaction.Fee ?? '0'),
    timestamp: toTimestamp(row.closeTime),
    ledger_index: row.ledgerIndex,
    policy_tier: known?.tier ?? null,
    context: known?.context ?? null,
    log_entry: known?.entry ?? null,
  };
}

function amountText(amount: LedgerAmount): string {
  if (amount.kind === 'xrp') return `${amount.drops} drops`;
  if (amount.kind === 'issued') return `${amount.value} ${amount.currency}.${amount.issuer}`;
  return `${amount.value} MPT ${amount.issuanceId}`;
}
