/** Wall-clock and monotonic time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump, also backwards. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes backwards. */
  monotonic(): number;
}

/** The operating system's CSPRNG (XR-RNG-1). Tests pass a seeded one. */
export interface Random {
  bytes(length: number): Uint8Array;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const systemRandom: Random = {
  bytes(length) {
    const bytes = new Uint8Array(length);
    // getRandomValues serves at most 65,536 bytes a call (Web Cryptography §10.1.1).
    for (let i = 0; i < length; i += 65_536) crypto.getRandomValues(bytes.subarray(i, Math.min(i + 65_536, length)));
    return bytes;
  },
};

/** RFC 3339 in UTC with milliseconds. */
export function toTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
