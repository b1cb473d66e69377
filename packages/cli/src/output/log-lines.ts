import { isJsonObject } from '@wardmesh/core';
import { visible } from './visible.ts';

/** Members that stand in every record, or that only machines use. */
const QUIET = new Set(['level', 'timestamp', 'nodeId', 'event', 'security', 'upstream', 'stack']);

/** A record of the operator's log as one line for a terminal: time, event, then what differs. Other text as it is. */
export function logLine(record: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(record);
  } catch {
    return visible(record.trimEnd());
  }
  if (!isJsonObject(parsed)) return visible(record.trimEnd());
  const time = String(parsed.timestamp).slice(11, 19);
  const rest = Object.entries(parsed)
    .filter(([name]) => !QUIET.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const level = parsed.level === 'info' ? '' : `${String(parsed.level)} `;
  const subject = parsed.upstream === undefined ? '' : `${String(parsed.upstream)} `;
  return visible([`${time} ${level}${subject}${String(parsed.event)}`, ...rest].join('  '));
}
