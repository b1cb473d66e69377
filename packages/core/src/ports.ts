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

/**
 * Ids, nonces and IVs are served from bytes drawn ahead, because a call of the CSPRNG costs the same for 16 as for 4,096.
 * Keys and tokens are longer and never lie in the pool.
 */
const POOL_BYTES = 4_096;
const MAX_POOLED = 16;
const pool = new Uint8Array(POOL_BYTES);
let next = POOL_BYTES;

export const systemRandom: Random = {
  bytes(length) {
    if (length <= MAX_POOLED) return pooled(length);
    const bytes = new Uint8Array(length);
    // getRandomValues serves at most 65,536 bytes a call (Web Cryptography §10.1.1).
    for (let i = 0; i < length; i += 65_536) crypto.getRandomValues(bytes.subarray(i, Math.min(i + 65_536, length)));
    return bytes;
  },
};

/** Bytes that nobody was given before; the pool forgets them at once. */
function pooled(length: number): Uint8Array<ArrayBuffer> {
  if (next + length > POOL_BYTES) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  const bytes = pool.slice(next, next + length);
  pool.fill(0, next, next + length);
  next += length;
  return bytes;
}

/** RFC 3339 in UTC with milliseconds. */
export function toTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
