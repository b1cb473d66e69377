const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The UTC day that `now` is in, when days begin at `resetHour`. Days are all 24 hours: UTC knows no summer time, so each
 * moment is in exactly one day, and a day begins once (W20).
 */
export function dayOf(now: number, resetHour: number): { start: number; end: number } {
  const shift = resetHour * HOUR;
  const start = Math.floor((now - shift) / DAY) * DAY + shift;
  return { start, end: start + DAY };
}

/** Transactions made after this moment are in the hour that ends now. */
export function hourStart(now: number): number {
  return now - HOUR;
}

/** When what was made at `at` leaves the hour. */
export function hourEnd(at: number): number {
  return at + HOUR;
}
