import type { IncomingMessage } from 'node:http';
import { BODY_TIMEOUT_MS } from './limits.ts';

export type BodyOutcome =
  | { readonly body: Uint8Array }
  | { readonly fault: 'REQUEST_TOO_LARGE' | 'REQUEST_TIMEOUT' }
  /** The client went away. */
  | { readonly gone: true };

/** The whole body, or why there is none. Never holds more than `max` bytes (XR-EXEC-4: refused before parsing). */
export function readBody(request: IncomingMessage, max: number): Promise<BodyOutcome> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > max) return Promise.resolve({ fault: 'REQUEST_TOO_LARGE' });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const timer = setTimeout(() => finish({ fault: 'REQUEST_TIMEOUT' }), BODY_TIMEOUT_MS);
    const finish = (outcome: BodyOutcome) => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (!('body' in outcome)) request.on('error', () => {}).pause();
      resolve(outcome);
    };
    const onData = (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > max) finish({ fault: 'REQUEST_TOO_LARGE' });
      else chunks.push(chunk);
    };
    const onEnd = () => finish({ body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onClose = () => finish({ gone: true });
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
