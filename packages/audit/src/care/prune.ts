import { toTimestamp } from '@wardmesh/core';
import type { SigningKey } from '@wardmesh/crypto';
import { auditError } from '../error.ts';
import { type LogView, openExtent } from '../log/view.ts';
import type { LogStorage } from '../ports.ts';
import { indexName, PRUNE, segmentName } from '../storage/names.ts';
import type { SegmentExtent } from '../storage/segment-writer.ts';
import { encodePrune } from './prune-record.ts';

export interface PruneReport {
  /** Segments removed. */
  readonly segments: number;
  /** Entries removed. */
  readonly entries: number;
  /** Sequence of the last entry removed; 0 for none. */
  readonly through: number;
}

export interface PruneContext {
  readonly view: () => LogView;
  readonly storage: LogStorage;
  readonly signing: SigningKey;
  readonly now: number;
  readonly retentionMs: number;
  /** Adds the entry that says what is pruned. */
  readonly record: (parameters: Readonly<Record<string, unknown>>) => Promise<unknown>;
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly storeTree: () => Promise<void>;
  readonly forget: (firsts: ReadonlySet<number>) => void;
}

/**
 * Removes closed segments whose last entry is before `before`. First the log says so in an entry, then a signed record
 * stands, then the files go: a crash between leaves files that the next start removes. Tiles stay, so every receipt
 * and every proof of what remains, and of what was exported before, still verifies.
 * @throws AUDIT_RETENTION where `before` reaches into the time that must be kept (XR-AUD-5)
 */
export async function pruneSegments(context: PruneContext, before: number): Promise<PruneReport> {
  if (!Number.isFinite(before) || before > context.now - context.retentionMs) {
    throw auditError('AUDIT_RETENTION', `entries are kept for ${Math.round(context.retentionMs / 86_400_000)} days`);
  }
  const view = context.view();
  const doomed = await prunable(view, before);
  const last = doomed.at(-1);
  if (last === undefined) return { segments: 0, entries: 0, through: 0 };
  const through = last.next.first - 1;
  const entries = through - doomed[0]!.extent.first + 1;
  const { previousHash } = last.next;
  await context.record({ through, entries, before: toTimestamp(before), lastHash: `sha256:${previousHash}` });
  await context.inTurn(async () => {
    await context.storeTree();
    const record = { through, lastHash: previousHash, time: context.now };
    await context.storage.writeAtomic(PRUNE, encodePrune(view.origin, record, context.signing));
    context.forget(new Set(doomed.map(({ extent }) => extent.first)));
    for (const { extent } of doomed) await removeSegment(context.storage, extent.first);
  });
  return { segments: doomed.length, entries, through };
}

/** Also used by recovery, for files that an interrupted prune left. */
export async function removeSegment(storage: LogStorage, first: number): Promise<void> {
  const names = new Set(await storage.list());
  for (const name of [indexName(first), segmentName(first)]) if (names.has(name)) await storage.remove(name);
}

interface Doomed {
  readonly extent: SegmentExtent;
  /** Of the segment that follows. */
  readonly next: { readonly first: number; readonly previousHash: string };
}

/** From the oldest on; stops at the first segment that is too young or holds an intent that is still open. */
async function prunable(view: LogView, before: number): Promise<Doomed[]> {
  const doomed: Doomed[] = [];
  const open = new Set((await openExtent(view, view.segments.at(-1)!)).state.intents);
  for (let i = 0; i + 1 < view.segments.length; i++) {
    const { state } = await openExtent(view, view.segments[i + 1]!);
    if (state.lastTime >= before || state.intents.some((id) => open.has(id))) break;
    doomed.push({ extent: view.segments[i]!, next: { first: state.first, previousHash: state.previousHash } });
  }
  return doomed;
}
