import { BoundedCache } from '@wardmesh/core';
import type { WalletPolicy } from '../policy/model.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const formatters = new BoundedCache<string, Intl.DateTimeFormat>(16);
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Hour (0–23) and weekday (0 Sunday) at a moment in a zone. */
export function localTime(now: number, timezone: string): { hour: number; day: number } {
  // 1 January 1970 was a Thursday.
  if (timezone === 'UTC') return { hour: Math.floor(now / HOUR) % 24, day: (Math.floor(now / DAY) + 4) % 7 };
  let format = formatters.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hour: '2-digit',
      hourCycle: 'h23',
      weekday: 'short',
    });
    formatters.set(timezone, format);
  }
  const parts = format.formatToParts(now);
  const part = (type: string): string => parts.find((item) => item.type === type)?.value ?? '';
  return { hour: Number.parseInt(part('hour'), 10), day: WEEKDAYS.indexOf(part('weekday')) };
}

/** Whether a moment is within the policy's hours. A window over midnight belongs to the day in which each hour lies. */
export function isActive(now: number, time: NonNullable<WalletPolicy['time']>): boolean {
  const { hour, day } = localTime(now, time.timezone);
  if (!time.days.includes(day)) return false;
  const { startHour, endHour } = time;
  if (startHour === endHour) return true;
  return startHour < endHour ? hour >= startHour && hour < endHour : hour >= startHour || hour < endHour;
}

export function checkActiveHours({ compiled, context }: CheckInput): Finding[] {
  const { time } = compiled.policy;
  if (time === null || isActive(context.now, time)) return [];
  const limit = `${time.startHour}–${time.endHour} h ${time.timezone}`;
  return [finding(2, 'OUTSIDE_ACTIVE_HOURS', `outside the active hours ${limit}`, { limit })];
}
