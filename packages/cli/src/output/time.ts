import { toTimestamp } from '@wardmesh/core';

/** RFC 3339 in UTC to the second; text from the gateway passes as it is. */
export function when(time: number | string | undefined): string {
  if (time === undefined) return '-';
  return typeof time === 'string' ? time : toTimestamp(time).replace(/\.\d+Z$/, 'Z');
}

/** `in 9m 5s`, `2h ago`: the two largest units. */
export function relative(time: number, now: number): string {
  const seconds = Math.round(Math.abs(time - now) / 1_000);
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
  }
  const text = parts.join(' ') || '0s';
  return time >= now ? `in ${text}` : `${text} ago`;
}
