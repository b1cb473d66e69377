import { concatBytes, equalBytes, fromHex, toHex, utf8 } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';

/** What the log has promised: every entry up to here is durable. Guards the end against truncation (XR-AUD-3). */
export interface Head {
  /** Entries in the log, which is the sequence of the last. */
  readonly size: number;
  /** First sequence of the segment that holds the end. */
  readonly segment: number;
  /** Bytes of that segment. */
  readonly length: number;
  /** When, ms. */
  readonly time: number;
  /** Hash of the last entry, 64 hex digits. */
  readonly lastHash: string;
}

const MAGIC = utf8('HEAD');
const BODY_BYTES = 4 + 8 * 4 + 32;
export const HEAD_BYTES = BODY_BYTES + 32;

/** One record: magic (4) ‖ size ‖ segment ‖ length ‖ time (8 each) ‖ last hash (32) ‖ HMAC (32). */
export function encodeHead(key: HmacKey, origin: string, head: Head): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  body.set(MAGIC);
  const view = new DataView(body.buffer);
  [head.size, head.segment, head.length, head.time].forEach((field, i) => {
    view.setBigUint64(4 + 8 * i, BigInt(Math.max(0, Math.trunc(field))));
  });
  body.set(fromHex(head.lastHash), 36);
  return concatBytes(body, macOf(key, origin, body));
}

function macOf(key: HmacKey, origin: string, body: Uint8Array): Uint8Array {
  return key.bytes(concatBytes(utf8(`wardmesh/audit/head/v1\n${origin}\n`), body));
}

/**
 * The newest genuine record of a head file and how many bytes after it are none (a write that a crash tore).
 * Undefined where no record is genuine.
 */
export function readHead(key: HmacKey, origin: string, file: Uint8Array): { head: Head; damaged: number } | undefined {
  for (let end = file.length - (file.length % HEAD_BYTES); end >= HEAD_BYTES; end -= HEAD_BYTES) {
    const record = file.subarray(end - HEAD_BYTES, end);
    const body = record.subarray(0, BODY_BYTES);
    if (!equalBytes(record.subarray(BODY_BYTES), macOf(key, origin, body))) continue;
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const field = (i: number) => Number(view.getBigUint64(4 + 8 * i));
    return {
      head: { size: field(0), segment: field(1), length: field(2), time: field(3), lastHash: toHex(body.subarray(36)) },
      damaged: file.length - end,
    };
  }
  return undefined;
}
