/** Seconds from the Unix epoch to the Ripple epoch, 2000-01-01T00:00:00Z. */
export const RIPPLE_EPOCH = 946_684_800;

const MAX_UINT32 = 0xffffffff;

/** Unix milliseconds to whole Ripple seconds, rounded down. @throws RangeError outside 2000–2136 */
export function toRippleTime(unixMilliseconds: number): number {
  const seconds = Math.floor(unixMilliseconds / 1_000) - RIPPLE_EPOCH;
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > MAX_UINT32) {
    throw new RangeError('a time outside of what the ledger can write');
  }
  return seconds;
}

/** Ripple seconds to Unix milliseconds. */
export function fromRippleTime(rippleSeconds: number): number {
  return (rippleSeconds + RIPPLE_EPOCH) * 1_000;
}
