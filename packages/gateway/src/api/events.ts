import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ApiDeps, Caller } from './deps.ts';
import { apiError } from './error.ts';
import { toActivity } from './handlers/activity.ts';
import { EVENT_KEEPALIVE_MS, EVENT_POLL_MS, MAX_CATCH_UP, MAX_STREAMS, MAX_STREAMS_PER_SESSION } from './limits.ts';
import { API_HEADERS } from './security-headers.ts';

/** Open streams by session id. */
export type StreamCounts = Map<string, number>;

/**
 * Entries of the log as server-sent events from after `Last-Event-ID`, or from now. Ends when the session does or loses
 * its permission: that is asked again at each look.
 */
export function eventStream(
  context: Context,
  caller: Caller,
  extent: 'any' | 'own',
  deps: ApiDeps,
  counts: StreamCounts,
): Response {
  const { id } = caller.session;
  const own = counts.get(id) ?? 0;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (own >= MAX_STREAMS_PER_SESSION || total >= MAX_STREAMS) {
    throw apiError('TOO_MANY_STREAMS', 'Too many event streams are open.', 'Close other tabs.', 5);
  }
  const { audit } = deps.gateway.home;
  const { clock } = deps.gateway.services;
  let after = startOf(context.req.header('last-event-id'), audit.size);
  counts.set(id, own + 1);
  const response = streamSSE(context, async (stream) => {
    let told = clock.monotonic();
    // As far as it was opened: a reader who lost the wider right must open it anew.
    const isOpen = () =>
      !stream.aborted && !caller.session.ended.aborted && deps.people.rightsOf(caller.id)[extent].has('event:read');
    try {
      await stream.write(': open\n\n');
      while (isOpen()) {
        if (audit.size > after) {
          for (const entry of await audit.find({ after, limit: MAX_CATCH_UP })) {
            if (extent === 'any' || entry.actor.id === caller.id)
              await stream.writeSSE({ id: String(entry.sequence), data: JSON.stringify(toActivity(entry)) });
            after = entry.sequence;
          }
          told = clock.monotonic();
        } else if (clock.monotonic() - told >= EVENT_KEEPALIVE_MS) {
          await stream.write(': here\n\n');
          told = clock.monotonic();
        }
        await stream.sleep(EVENT_POLL_MS);
      }
    } finally {
      const left = (counts.get(id) ?? 1) - 1;
      if (left > 0) counts.set(id, left);
      else counts.delete(id);
    }
  });
  for (const [name, value] of Object.entries(API_HEADERS)) response.headers.set(name, value);
  return response;
}

/** Where a stream starts; a reader that is further behind than the bound reads the list for the rest. */
function startOf(lastEventId: string | undefined, size: number): number {
  const given = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : size;
  return Math.min(size, Math.max(given, size - MAX_CATCH_UP));
}
