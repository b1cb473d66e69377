import { fromUtf8, isCoded, isUuid } from '@wardmesh/core';
import type { AuditEntry, AuditEventType } from '@wardmesh/verify';
import { auditError, tampered } from '../error.ts';
import { MAX_FIND } from '../limits.ts';
import type { ReadableLogStorage } from '../ports.ts';
import { FRAME_HEADER_BYTES, openFrame, readFrameHeader } from '../storage/frame.ts';
import { lookUp } from '../storage/index-file.ts';
import type { LogKeys } from '../storage/keys.ts';
import { indexName, segmentName } from '../storage/names.ts';
import { scanFrames } from '../storage/scan.ts';
import { type OpenSegment, openSegment } from '../storage/segment.ts';
import type { SegmentExtent } from '../storage/segment-writer.ts';

/** What of the log is durable at one moment. */
export interface LogView {
  readonly storage: ReadableLogStorage;
  readonly keys: LogKeys;
  readonly origin: string;
  /** Oldest first; never empty. */
  readonly segments: readonly SegmentExtent[];
  /** Sequence of the last entry. */
  readonly size: number;
  /** Hash of the last entry. */
  readonly lastHash: string;
}

export interface FindQuery {
  /** Only entries with a larger sequence. */
  readonly after?: number;
  /** At most so many, 1 … 10,000; 100 where left out. */
  readonly limit?: number;
  readonly type?: AuditEventType;
  readonly correlationId?: string;
}

/** The segment, opened. @throws AUDIT_TAMPERED where it is not whole. */
export async function openExtent(view: LogView, extent: SegmentExtent): Promise<OpenSegment> {
  const segment = await openSegment(view.storage, view.keys, view.origin, extent.first);
  if (segment === undefined) throw tampered('the segment is cut', { file: segmentName(extent.first), offset: 0 });
  return segment;
}

/** Entries that fit the query, in order. */
export async function findEntries(view: LogView, query: FindQuery): Promise<AuditEntry[]> {
  const { after = 0, limit = 100, type, correlationId } = query;
  if (!Number.isSafeInteger(after) || after < 0) throw auditError('AUDIT_BAD_INPUT', 'after must be a sequence');
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_FIND) {
    throw auditError('AUDIT_BAD_INPUT', `limit must be 1 to ${MAX_FIND}`);
  }
  const found: AuditEntry[] = [];
  for (let i = 0; i < view.segments.length; i++) {
    const next = view.segments[i + 1];
    if (next !== undefined && next.first <= after + 1) continue;
    for await (const entry of entriesOf(view, view.segments[i]!, after)) {
      if (type !== undefined && entry.eventType !== type) continue;
      if (correlationId !== undefined && entry.correlationId !== correlationId) continue;
      found.push(entry);
      if (found.length >= limit) return found;
    }
  }
  return found;
}

async function* entriesOf(view: LogView, extent: SegmentExtent, after: number): AsyncGenerator<AuditEntry> {
  const segment = await openExtent(view, extent);
  const file = segmentName(extent.first);
  const bytes = await view.storage.read(file, 0, extent.length);
  const frames = scanFrames(segment.context, bytes, { offset: segment.start, number: 1, first: extent.first });
  for (let step = frames.next(); ; step = frames.next()) {
    if (step.done === true) {
      if (step.value !== undefined) throw tampered('a frame is damaged', { file, offset: step.value.offset });
      return;
    }
    const frame = step.value;
    if (frame.first + frame.count - 1 <= after) continue;
    const texts = frame.texts();
    if (texts === undefined)
      throw tampered('a frame is damaged', { file, offset: frame.offset, sequence: frame.first });
    for (const text of texts) {
      const entry = JSON.parse(text) as AuditEntry;
      if (entry.sequence > after) yield entry;
    }
  }
}

/**
 * The entry with this id. Newest segments first, through their indexes; a segment without an index is read. Damage in
 * one segment does not hide an entry of another: it is thrown only where the entry is nowhere else.
 * @param recent frame offsets of the newest segment, which has no index yet
 */
export async function getEntry(
  view: LogView,
  id: string,
  recent?: ReadonlyMap<string, number>,
): Promise<AuditEntry | undefined> {
  if (!isUuid(id)) return undefined;
  let damage: unknown;
  for (let i = view.segments.length - 1; i >= 0; i--) {
    const extent = view.segments[i]!;
    const isNewest = i === view.segments.length - 1;
    try {
      const entry = await getFrom(view, extent, id, isNewest ? recent : undefined, isNewest);
      if (entry !== undefined) return entry;
    } catch (error) {
      if (!isCoded(error, 'AUDIT_TAMPERED')) throw error;
      damage ??= error;
    }
  }
  if (damage !== undefined) throw damage;
  return undefined;
}

async function getFrom(
  view: LogView,
  extent: SegmentExtent,
  id: string,
  recent: ReadonlyMap<string, number> | undefined,
  isNewest: boolean,
): Promise<AuditEntry | undefined> {
  let offset: number | undefined;
  if (recent !== undefined) offset = recent.get(id);
  else if (isNewest) return searchSegment(view, extent, id);
  else {
    try {
      offset = await lookUp(view.storage, indexName(extent.first), id);
    } catch {
      return searchSegment(view, extent, id);
    }
  }
  return offset === undefined ? undefined : entryAt(view, extent, offset, id);
}

async function searchSegment(view: LogView, extent: SegmentExtent, id: string): Promise<AuditEntry | undefined> {
  for await (const entry of entriesOf(view, extent, 0)) if (entry.id === id) return entry;
  return undefined;
}

async function entryAt(
  view: LogView,
  extent: SegmentExtent,
  offset: number,
  id: string,
): Promise<AuditEntry | undefined> {
  const segment = await openExtent(view, extent);
  const file = segmentName(extent.first);
  const head = await view.storage.read(file, offset, offset + FRAME_HEADER_BYTES);
  const length = head.length < FRAME_HEADER_BYTES ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0);
  const bytes = await view.storage.read(file, offset, Math.min(offset + FRAME_HEADER_BYTES + length, extent.length));
  const header = readFrameHeader(bytes, 0);
  const plain = header === 'short' ? undefined : openFrame(segment.context, bytes, 0, header);
  if (plain === undefined) throw tampered('a frame is damaged', { file, offset });
  for (const text of fromUtf8(plain).split('\n')) {
    const entry = JSON.parse(text) as AuditEntry;
    if (entry.id === id) return entry;
  }
  return undefined;
}
