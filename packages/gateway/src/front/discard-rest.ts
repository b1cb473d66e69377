import type { IncomingMessage } from 'node:http';
import { MAX_DISCARD_MS, MAX_DISCARDED_BYTES } from './limits.ts';

/**
 * Reads what is left of a body that was refused, and throws it away: a connection closed with unread data is reset, and
 * the client would not see why it was refused. Bounded in bytes and time; whoever sends on is cut off.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = MAX_DISCARDED_BYTES;
  const timer = setTimeout(() => request.destroy(), MAX_DISCARD_MS);
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
