import type { Clock, Random } from '@wardmesh/core';
import { auditError } from '../error.ts';
import * as limits from '../limits.ts';
import type { AlertSink, LogStorage } from '../ports.ts';
import type { AuditKeys } from '../storage/keys.ts';

/** Bounds an operator may tighten, and tests shrink. */
export interface AuditBounds {
  readonly segmentBytes: number;
  /** Milliseconds. */
  readonly segmentAgeMs: number;
  readonly frameEntries: number;
  readonly frameBytes: number;
  /** Milliseconds; 0 syncs the anchor with every commit. */
  readonly anchorSyncMs: number;
  /** Milliseconds that prune keeps at least. */
  readonly retentionMs: number;
}

export const DEFAULT_BOUNDS: AuditBounds = {
  segmentBytes: limits.SEGMENT_BYTES,
  segmentAgeMs: limits.SEGMENT_AGE_MS,
  frameEntries: limits.MAX_FRAME_ENTRIES,
  frameBytes: limits.MAX_FRAME_BYTES,
  anchorSyncMs: limits.ANCHOR_SYNC_MS,
  retentionMs: limits.RETENTION_MS,
};

/** What readers accept stands above what an operator may set. */
const MOST: AuditBounds = {
  segmentBytes: limits.MAX_SEGMENT_BYTES,
  segmentAgeMs: Number.MAX_SAFE_INTEGER,
  frameEntries: limits.MAX_FRAME_ENTRIES,
  frameBytes: limits.MAX_FRAME_BYTES,
  anchorSyncMs: 60_000,
  retentionMs: Number.MAX_SAFE_INTEGER,
};

/** The defaults with an operator's bounds in their place. @throws AUDIT_BAD_INPUT where one is out of range */
export function boundsOf(given: Partial<AuditBounds> = {}): AuditBounds {
  const bounds = { ...DEFAULT_BOUNDS, ...given };
  for (const name of Object.keys(MOST) as (keyof AuditBounds)[]) {
    const least = name === 'anchorSyncMs' || name === 'retentionMs' ? 0 : 1;
    if (!Number.isSafeInteger(bounds[name]) || bounds[name] < least || bounds[name] > MOST[name]) {
      throw auditError('AUDIT_BAD_INPUT', `${name} must be ${least} to ${MOST[name]}`);
    }
  }
  return bounds;
}

export interface AuditOptions {
  readonly storage: LogStorage;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: AuditKeys;
  /** Names the log in checkpoints: a schema-less URL, such as `node1.example.com/audit`. One log, one origin. */
  readonly origin: string;
  readonly bounds?: Partial<AuditBounds>;
  readonly alert?: AlertSink;
}

/** What opening the log found and mended. */
export interface RecoveryReport {
  /** There was no log here. An operator who expects one must treat this as a loss. */
  readonly fresh: boolean;
  /** Entries in the log before recovery added any. */
  readonly entries: number;
  /** Bytes after the last whole frame, never acknowledged, that were dropped. */
  readonly droppedBytes: number;
  /** Bytes of the head file that a crash tore. */
  readonly damagedAnchorBytes: number;
  /** Segments that were removed: begun but never used, or left over from an interrupted prune. */
  readonly removedSegments: readonly string[];
  /** Intents without an outcome and the entries that close them as `unknown` (WM-RCP-2). */
  readonly closedIntents: readonly { readonly intent: string; readonly outcome: string }[];
}
