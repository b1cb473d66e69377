import type { JsonObject } from '@wardmesh/core';
import { isJsonObject } from '@wardmesh/core';
import type { JsonRpcRequest } from '../../protocol/message.ts';
import { spliceId } from '../rpc/splice.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The progress token a client gave, or undefined. */
export function progressTokenOf(params: JsonObject | undefined): string | number | undefined {
  const meta = params?._meta;
  const token = isJsonObject(meta) ? meta.progressToken : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/**
 * One line for a stdio server: the request under the wire id, which is its progress token too. The client's own bytes
 * are kept where only the id differs; raw line ends (legal between JSON tokens) would break the framing.
 */
export function encodeRequest(
  message: JsonRpcRequest,
  original: Uint8Array | undefined,
  wireId: number,
): Buffer | string {
  const { params } = message;
  if (progressTokenOf(params) !== undefined) {
    const meta = { ...(params?._meta as JsonObject), progressToken: wireId };
    return `${JSON.stringify({ jsonrpc: '2.0', id: wireId, method: message.method, params: { ...params, _meta: meta } })}\n`;
  }
  if (original !== undefined) {
    const bytes = Buffer.from(original.buffer, original.byteOffset, original.byteLength);
    if (!bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)) {
      const spliced = spliceId(bytes, wireId);
      if (spliced !== undefined) return Buffer.concat([spliced, Buffer.of(LINE_FEED)]);
    }
  }
  return `${JSON.stringify({ jsonrpc: '2.0', id: wireId, method: message.method, ...(params !== undefined && { params }) })}\n`;
}
