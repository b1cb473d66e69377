import { lowestLevel } from '../log-levels.ts';
import type { Attachment, UpstreamCall } from '../port.ts';

/** What a child that several clients share must remember of each. */
export interface Attached {
  readonly attachment: Attachment;
  /** In flight, oldest first. */
  readonly calls: Set<UpstreamCall>;
  readonly uris: Set<string>;
  level: string | undefined;
  /** When its latest call began, in the lane's own count. */
  latest: number;
}

export function latestCall(attached: Attached): UpstreamCall | undefined {
  return [...attached.calls].at(-1);
}

/**
 * Whose request a message without any link belongs to: stdio carries none (2025-11-25). The only attachment with calls
 * in flight, else the one with the latest call; undefined where none is in flight.
 */
export function busiest(all: Iterable<Attached>): Attached | undefined {
  let found: Attached | undefined;
  for (const attached of all) {
    if (attached.calls.size > 0 && (found === undefined || attached.latest > found.latest)) found = attached;
  }
  return found;
}

/** The most talkative level anyone on this child wants. */
export function lowestOf(all: Iterable<Attached>): string | undefined {
  return lowestLevel([...all].map(({ level }) => level));
}

/** Whether an update of `uri` concerns a subscriber: the resource itself or what lies below it (2025-11-25 §resources). */
export function subscribes(uris: ReadonlySet<string>, uri: string): boolean {
  if (uris.has(uri)) return true;
  for (const parent of uris) if (uri.startsWith(parent.endsWith('/') ? parent : `${parent}/`)) return true;
  return false;
}
