import { fromUtf8 } from '@wardmesh/core';
import { FRAME_HEADER_BYTES, type FrameContext, openFrame, readFrameHeader } from './frame.ts';

export interface ScannedFrame {
  readonly number: number;
  readonly first: number;
  readonly count: number;
  readonly offset: number;
  /** Offset of the next frame. */
  readonly end: number;
  /** Canonical texts of the entries. */
  texts(): readonly string[] | undefined;
}

/** Why a scan stopped before the end of the bytes. */
export interface ScanStop {
  /** `short`: the last frame runs past the end. `misplaced`: a whole frame with the wrong number or sequence. */
  readonly why: 'short' | 'misplaced';
  readonly offset: number;
}

export interface ScanStart {
  readonly offset: number;
  /** Number of the first frame. */
  readonly number: number;
  /** Sequence of its first entry. */
  readonly first: number;
}

/**
 * Frames of a segment's bytes, in order and without gaps. Opening is left to the caller, who may need only some.
 * Returns where it stopped, or undefined at the end of the bytes.
 */
export function* scanFrames(
  context: FrameContext,
  bytes: Uint8Array,
  start: ScanStart,
): Generator<ScannedFrame, ScanStop | undefined> {
  let { offset, number, first } = start;
  while (offset < bytes.length) {
    const header = readFrameHeader(bytes, offset);
    if (header === 'short') return { why: 'short', offset };
    if (header.number !== number || header.first !== first || header.count < 1) return { why: 'misplaced', offset };
    const at = offset;
    yield {
      number,
      first,
      count: header.count,
      offset: at,
      end: at + FRAME_HEADER_BYTES + header.length,
      texts() {
        const plain = openFrame(context, bytes, at, header);
        if (plain === undefined) return undefined;
        const texts = fromUtf8(plain).split('\n');
        return texts.length === header.count ? texts : undefined;
      },
    };
    offset = at + FRAME_HEADER_BYTES + header.length;
    number++;
    first += header.count;
  }
  return undefined;
}
