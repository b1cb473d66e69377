import type { JsonRpcNotification } from '../../protocol/message.ts';
import type { Attachment, UpstreamCall } from '../port.ts';

/** RFC 5424 severities, least severe first (2025-11-25 §logging). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

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

/** The most talkative level anyone wants, so that each can be served from one child. */
export function lowestLevel(all: Iterable<Attached>): string | undefined {
  let lowest = LEVELS.length;
  for (const { level } of all) if (level !== undefined) lowest = Math.min(lowest, LEVELS.indexOf(level));
  return LEVELS[lowest];
}

/** Whether a log message reaches the level this client asked for; without one the server decides. */
export function wants(level: string | undefined, message: JsonRpcNotification): boolean {
  if (level === undefined) return true;
  const severity = LEVELS.indexOf(String(message.params?.level));
  return severity === -1 || severity >= LEVELS.indexOf(level);
}

export function isLevel(level: unknown): level is string {
  return typeof level === 'string' && LEVELS.includes(level);
}

/** Whether an update of `uri` concerns a subscriber: the resource itself or what lies below it (2025-11-25 §resources). */
export function subscribes(uris: ReadonlySet<string>, uri: string): boolean {
  if (uris.has(uri)) return true;
  for (const parent of uris) if (uri.startsWith(parent.endsWith('/') ? parent : `${parent}/`)) return true;
  return false;
}
