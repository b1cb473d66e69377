import { concatBytes, isCoded, utf8 } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import { MAX_SEALED_FRAME_BYTES } from '../limits.ts';

/** length (4) ‖ frame number (4) ‖ first sequence (8) ‖ entries (4), big-endian; then iv ‖ ciphertext ‖ tag. */
export const FRAME_HEADER_BYTES = 20;

export interface FrameHeader {
  /** Bytes after the header. */
  readonly length: number;
  /** From 0; frame 0 is the segment's state. */
  readonly number: number;
  /** Sequence of the first entry. */
  readonly first: number;
  /** Entries in the frame. */
  readonly count: number;
}

/** What frames of one segment are bound to. */
export interface FrameContext {
  readonly key: SealingKey;
  readonly aad: Uint8Array;
}

export function frameContext(key: SealingKey, origin: string, segment: number): FrameContext {
  return { key, aad: utf8(`wardmesh/audit/frame/v1\n${origin}\n${segment}\n`) };
}

/** Bytes that GCM adds: iv 12, tag 16. */
export const SEAL_OVERHEAD = 28;

export function encodeFrame(
  context: FrameContext,
  header: Omit<FrameHeader, 'length'>,
  plaintext: Uint8Array,
): Uint8Array {
  const head = encodeHeader({ ...header, length: plaintext.length + SEAL_OVERHEAD });
  return concatBytes(head, context.key.seal(plaintext, concatBytes(context.aad, head)));
}

function encodeHeader(header: FrameHeader): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length);
  view.setUint32(4, header.number);
  view.setBigUint64(8, BigInt(header.first));
  view.setUint32(16, header.count);
  return bytes;
}

/** The header at `offset`; `short` where the frame does not fit into `bytes`, whatever the reason. */
export function readFrameHeader(bytes: Uint8Array, offset: number): FrameHeader | 'short' {
  if (bytes.length - offset < FRAME_HEADER_BYTES) return 'short';
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, FRAME_HEADER_BYTES);
  const header = {
    length: view.getUint32(0),
    number: view.getUint32(4),
    first: Number(view.getBigUint64(8)),
    count: view.getUint32(16),
  };
  const fits = header.length <= bytes.length - offset - FRAME_HEADER_BYTES && header.length <= MAX_SEALED_FRAME_BYTES;
  return fits ? header : 'short';
}

/** The plaintext of the frame at `offset`, or undefined where it is not genuine. */
export function openFrame(
  context: FrameContext,
  bytes: Uint8Array,
  offset: number,
  header: FrameHeader,
): Uint8Array | undefined {
  const start = offset + FRAME_HEADER_BYTES;
  try {
    const aad = concatBytes(context.aad, bytes.subarray(offset, start));
    return context.key.open(bytes.subarray(start, start + header.length), aad);
  } catch (error) {
    if (isCoded(error, 'CRYPTO_NOT_GENUINE')) return undefined;
    throw error;
  }
}
