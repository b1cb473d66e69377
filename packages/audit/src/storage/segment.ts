import { canonicalBytes, concatBytes, fromUtf8, type Random, utf8 } from '@wardmesh/core';
import { SealingKey } from '@wardmesh/crypto';
import { tampered } from '../error.ts';
import { SEGMENT_FRAMES } from '../limits.ts';
import type { ReadableLogStorage } from '../ports.ts';
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  type FrameContext,
  frameContext,
  openFrame,
  readFrameHeader,
  SEAL_OVERHEAD,
} from './frame.ts';
import type { LogKeys } from './keys.ts';
import { segmentName } from './names.ts';

const MAGIC = utf8('WARDLOG1');
const SALT_BYTES = 32;
/** Magic and salt. */
export const PREAMBLE_BYTES = MAGIC.length + SALT_BYTES;
/** Failed writes use up IVs that no frame shows: seals may exceed frames by this factor. */
const SEAL_FACTOR = 16;

/** What a segment needs to be read without the ones before it; frame 0 of the segment. */
export interface SegmentState {
  readonly v: 1;
  readonly origin: string;
  readonly first: number;
  /** Hash of the entry before the first. */
  readonly previousHash: string;
  /** Root of the tree of the entries before, 64 hex digits. */
  readonly root: string;
  /** Open intents at this point. */
  readonly intents: readonly string[];
  /** Timestamp of the entry before, ms; 0 for none. */
  readonly lastTime: number;
  /** When the log was last verified whole, ms; 0 for never. */
  readonly verifiedAt: number;
  /** When the segment was begun, ms. */
  readonly begun: number;
  /** The segment before and its final length; null for the first. */
  readonly previous: { readonly first: number; readonly length: number } | null;
}

export interface OpenSegment {
  readonly first: number;
  readonly state: SegmentState;
  readonly context: FrameContext;
  /** Offset of the first frame with entries. */
  readonly start: number;
}

function contextOf(keys: LogKeys, origin: string, first: number, salt: Uint8Array, sealed: number, random?: Random) {
  const key = new SealingKey({
    keyId: segmentName(first),
    key: keys.segment(first, salt),
    limit: SEGMENT_FRAMES * SEAL_FACTOR,
    // The frames in the file are the durable count.
    uses: { reserved: () => sealed, reserve: () => {} },
    ...(random !== undefined && { random }),
  });
  return frameContext(key, origin, first);
}

/** The first bytes of a new segment. */
export function beginSegment(
  keys: LogKeys,
  random: Random,
  state: SegmentState,
): { readonly segment: OpenSegment; readonly bytes: Uint8Array } {
  const salt = random.bytes(SALT_BYTES);
  const context = contextOf(keys, state.origin, state.first, salt, 0, random);
  const frame = encodeFrame(context, { number: 0, first: state.first, count: 0 }, canonicalBytes(state));
  const bytes = concatBytes(MAGIC, salt, frame);
  return { segment: { first: state.first, state, context, start: bytes.length }, bytes };
}

/**
 * Reads magic, salt and state. @throws AUDIT_TAMPERED where they are not genuine
 * @returns undefined where the file is shorter than what it must begin with: a segment torn while it was begun.
 */
export async function openSegment(
  storage: ReadableLogStorage,
  keys: LogKeys,
  origin: string,
  first: number,
  random?: Random,
): Promise<OpenSegment | undefined> {
  const file = segmentName(first);
  const head = await storage.read(file, 0, PREAMBLE_BYTES + FRAME_HEADER_BYTES);
  if (head.length < PREAMBLE_BYTES + FRAME_HEADER_BYTES) return undefined;
  if (!MAGIC.every((byte, i) => head[i] === byte)) throw tampered('not a segment of the log', { file, offset: 0 });
  const length = new DataView(head.buffer, head.byteOffset + PREAMBLE_BYTES).getUint32(0);
  const bytes = await storage.read(
    file,
    PREAMBLE_BYTES,
    PREAMBLE_BYTES + FRAME_HEADER_BYTES + Math.min(length, 2 ** 26),
  );
  const header = readFrameHeader(bytes, 0);
  if (header === 'short') return undefined;
  // No more frames than this can ever have been sealed into the file: an upper bound of the key's use.
  const sealed = Math.ceil((await storage.size(file)) / (FRAME_HEADER_BYTES + SEAL_OVERHEAD));
  const context = contextOf(keys, origin, first, head.subarray(MAGIC.length, PREAMBLE_BYTES), sealed, random);
  const plain = openFrame(context, bytes, 0, header);
  if (plain === undefined || header.number !== 0) {
    throw tampered('the segment does not begin as it was written', { file, offset: PREAMBLE_BYTES });
  }
  const state = JSON.parse(fromUtf8(plain)) as SegmentState;
  return { first, state, context, start: PREAMBLE_BYTES + FRAME_HEADER_BYTES + header.length };
}
