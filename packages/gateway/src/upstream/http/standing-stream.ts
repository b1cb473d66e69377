import { DEFAULT_RETRY_MS, MAX_RESUMES, MAX_RETRY_MS, MIN_RETRY_MS } from '../limits.ts';
import { pause } from '../pause.ts';
import type { StreamEnd, StreamSink } from './exchange.ts';
import type { SessionWire } from './session-wire.ts';

/**
 * Holds the GET stream of a session open: what belongs to no request comes on it. A stream that ends is opened again where
 * it ended, at the server's own pace (2025-11-25 §resumability); one that fails, a few times. 405 says there is none.
 */
export async function holdStandingStream(wire: SessionWire, sink: StreamSink, signal: AbortSignal): Promise<void> {
  let last: StreamEnd = { kind: 'ended' };
  let failures = 0;
  while (!signal.aborted && failures <= MAX_RESUMES) {
    try {
      const result = await wire.stream({ sink, signal, lastEventId: last.lastEventId });
      if (result.kind !== 'ended') return;
      last = { ...last, ...result };
      failures = 0;
    } catch {
      failures++;
    }
    const wait = (last.retryMs ?? DEFAULT_RETRY_MS) * 2 ** failures;
    await pause(Math.min(Math.max(wait, MIN_RETRY_MS), MAX_RETRY_MS), signal).catch(() => {});
  }
}
