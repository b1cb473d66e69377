import type { ActivityEntry } from '@wardmesh/api';
import { CodedError } from '@wardmesh/core';
import type { AuditEntry } from '@wardmesh/verify';
import type { Home } from '../../home/open.ts';
import type { Handlers } from '../handler.ts';
import { MAX_SEARCHED } from '../limits.ts';

const CHUNK = 1_000;

export const activityHandlers: Handlers<'activity.list' | 'receipts.export' | 'log.key'> = {
  'activity.list': ({ query, extent, caller, searches }, { gateway }) => {
    const { audit } = gateway.home;
    const before = Math.min(query.before === undefined ? audit.size : query.before - 1, audit.size);
    const isSearch = extent === 'own' || query.receipts === '1' || query.result !== undefined || !!query.search?.trim();
    const matches = matcher(query);
    const wanted = (entry: AuditEntry) => matches(entry) && (extent === 'any' || entry.actor.id === caller!.id);
    const page = { audit, before, limit: query.limit };
    if (!isSearch) return look({ ...page, chunk: query.limit, wanted, spend: () => {} });
    return searches.run(caller!.id, (spend) => look({ ...page, chunk: CHUNK, wanted, spend }));
  },

  'receipts.export': async ({ params, extent, caller }, { gateway }) => {
    const receipt = await gateway.home.audit.exportReceipt(params.id);
    // Another's receipt is as good as none.
    if (extent === 'own' && receipt.agent?.id !== caller!.id) {
      throw new CodedError('RECEIPT_UNKNOWN', 'There is no such receipt.');
    }
    return { ...receipt };
  },

  'log.key': (_request, { gateway }) => ({ vkey: gateway.home.vkey, origin: gateway.home.audit.origin }),
};

interface Look {
  readonly audit: Pick<Home['audit'], 'find' | 'size'>;
  /** The newest entry to look at. */
  readonly before: number;
  readonly limit: number;
  /** Entries read at once. */
  readonly chunk: number;
  wanted(entry: AuditEntry): boolean;
  spend(entries: number): void;
}

/** Backwards in steps, so that a search of a long log neither loads nor blocks all of it. */
async function look({ audit, before, limit, chunk, wanted, spend }: Look) {
  const found: ActivityEntry[] = [];
  let end = before;
  const stop = Math.max(0, end - MAX_SEARCHED);
  while (end > stop && found.length < limit) {
    const start = Math.max(stop, end - chunk);
    const entries = await audit.find({ after: start, limit: end - start });
    spend(entries.length);
    for (const entry of entries.reverse()) {
      if (found.length === limit) break;
      if (wanted(entry)) found.push(toActivity(entry));
      end = entry.sequence - 1;
    }
    if (entries.length === 0) end = start;
  }
  return { entries: found, size: audit.size, more: end > 0, next: end > 0 ? end + 1 : null };
}

interface Wanted {
  readonly search?: string | undefined;
  readonly result?: string | undefined;
  readonly receipts: '0' | '1';
}

function matcher({ search, result, receipts }: Wanted): (entry: AuditEntry) => boolean {
  const needle = search?.trim().toLowerCase() ?? '';
  return (entry) => {
    if (receipts === '1' && entry.receipt === undefined) return false;
    if (result !== undefined && entry.operation.result !== result) return false;
    if (needle === '') return true;
    const places = [
      entry.toolName,
      entry.actor.id,
      entry.correlationId,
      entry.id,
      entry.eventType,
      entry.receipt?.effect.tx,
    ];
    return places.some((place) => place?.toLowerCase().includes(needle) === true);
  };
}

/** What people see of an entry: no arguments, which may be private, but all that was decided. */
export function toActivity(entry: AuditEntry): ActivityEntry {
  const { operation, receipt } = entry;
  return {
    id: entry.id,
    sequence: entry.sequence,
    timestamp: entry.timestamp,
    eventType: entry.eventType,
    tool: entry.toolName,
    actor: entry.actor.id ?? null,
    correlationId: entry.correlationId,
    result: operation.result,
    errorCode: operation.errorCode ?? null,
    durationMs: operation.durationMs ?? null,
    decision: receipt?.policy.decision ?? null,
    rules: [...(receipt?.policy.rules ?? [])],
    approvedBy: [...(receipt?.approval?.by ?? [])],
    transaction: receipt?.effect.tx ?? null,
    hasReceipt: receipt !== undefined,
  };
}
