import type { AuditEntry } from '@wardmesh/verify';
import { leafOfText, readChained } from '../chain/entry.ts';
import { OpenIntents } from '../chain/intents.ts';
import { type ChainState, isGoodVerification } from '../chain/place.ts';
import { tampered } from '../error.ts';
import { openFrame, readFrameHeader } from '../storage/frame.ts';
import type { Head } from '../storage/head.ts';
import type { LogKeys } from '../storage/keys.ts';
import { segmentName } from '../storage/names.ts';
import { type ScannedFrame, scanFrames } from '../storage/scan.ts';
import type { OpenSegment } from '../storage/segment.ts';
import type { SegmentPosition } from '../storage/segment-writer.ts';

/** The newest segment, read and checked whole: all that the writer needs to go on. */
export interface LogTail extends SegmentPosition, ChainState {
  readonly intents: OpenIntents;
  /** Leaf hashes, for the tree. */
  readonly leaves: readonly Uint8Array[];
  /** Bytes after `length`, torn and never acknowledged. */
  readonly torn: number;
}

/**
 * Reads the newest segment. What the head covers must be whole; after it, one torn frame at the very end is what a
 * crash leaves. Anything else is no accident. @throws AUDIT_TAMPERED
 */
export function readTail(segment: OpenSegment, bytes: Uint8Array, keys: LogKeys, head: Head): LogTail {
  const file = segmentName(segment.first);
  const { state } = segment;
  const covered = head.segment === segment.first ? head.length : 0;
  const intents = new OpenIntents(state.intents);
  const offsets = new Map<string, number>();
  const leaves: Uint8Array[] = [];
  let { previousHash: lastHash, lastTime, verifiedAt } = state;
  let size = segment.first - 1;
  let length = segment.start;
  let frames = 1;
  if (head.size === size && head.lastHash !== lastHash) throw tampered('the head is of another history', { file });

  const accept = (frame: ScannedFrame, texts: readonly string[]) => {
    for (const text of texts) {
      const entry = readChained(keys.chain, text);
      if (entry === undefined || entry.sequence !== size + 1 || entry.previousHash !== lastHash) {
        throw tampered('the chain is broken', { file, offset: frame.offset, sequence: size + 1 });
      }
      size++;
      lastHash = entry.hash;
      if (size === head.size && lastHash !== head.lastHash) {
        throw tampered('the head is of another history', { file, offset: frame.offset, sequence: size });
      }
      lastTime = Date.parse(entry.timestamp);
      if (isGoodVerification(entry)) verifiedAt = lastTime;
      trackIntent(intents, entry, file);
      offsets.set(entry.id, frame.offset);
      leaves.push(leafOfText(text));
    }
    length = frame.end;
    frames++;
  };

  const scan = scanFrames(segment.context, bytes, { offset: segment.start, number: 1, first: segment.first });
  for (let step = scan.next(); step.done !== true; step = scan.next()) {
    const texts = step.value.texts();
    if (texts === undefined) break;
    accept(step.value, texts);
  }
  if (length < covered || size < head.size) {
    throw tampered('entries that were acknowledged are cut or damaged', { file, offset: length, sequence: size + 1 });
  }
  if (length < bytes.length && genuineFrameAfter(segment, bytes, length, frames)) {
    throw tampered('a frame before the last is damaged', { file, offset: length, sequence: size + 1 });
  }
  const torn = bytes.length - length;
  return { segment, length, frames, size, lastHash, lastTime, verifiedAt, intents, offsets, leaves, torn };
}

function trackIntent(intents: OpenIntents, entry: AuditEntry, file: string): void {
  try {
    intents.apply(entry, entry.id);
  } catch {
    throw tampered('an outcome without its intent', { file, sequence: entry.sequence });
  }
}

/** One frame is written at a time: behind a torn one there is never a genuine one. */
function genuineFrameAfter(segment: OpenSegment, bytes: Uint8Array, from: number, number: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let offset = from + 1; offset + 20 <= bytes.length; offset++) {
    if (view.getUint32(offset + 4) !== number + 1) continue;
    const header = readFrameHeader(bytes, offset);
    if (header !== 'short' && openFrame(segment.context, bytes, offset, header) !== undefined) return true;
  }
  return false;
}
