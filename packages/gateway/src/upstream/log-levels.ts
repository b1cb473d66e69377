import type { JsonRpcNotification } from '../protocol/message.ts';

/** RFC 5424 severities, least severe first (2025-11-25 §logging). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

export function isLevel(level: unknown): level is string {
  return typeof level === 'string' && LEVELS.includes(level);
}

/** Whether a log message reaches the level this client asked for; without one the server decides. */
export function wants(level: string | undefined, message: JsonRpcNotification): boolean {
  if (level === undefined) return true;
  const severity = LEVELS.indexOf(String(message.params?.level));
  return severity === -1 || severity >= LEVELS.indexOf(level);
}

/** The most talkative of some levels, so that one server can serve all who set them. */
export function lowestLevel(levels: Iterable<string | undefined>): string | undefined {
  let lowest = LEVELS.length;
  for (const level of levels) if (isLevel(level)) lowest = Math.min(lowest, LEVELS.indexOf(level));
  return LEVELS[lowest];
}
