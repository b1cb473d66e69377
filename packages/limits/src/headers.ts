import type { RateDecision } from './rate-limits.ts';

/** The header fields of a limited response (XR-RATE-2; seed §Rate Limit Response Headers). Reset in seconds since the epoch. */
export function headers(decision: RateDecision): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(decision.limit),
    'X-RateLimit-Remaining': String(decision.remaining),
    'X-RateLimit-Reset': String(Math.ceil(decision.resetAt / 1_000)),
    ...(decision.retryAfter !== undefined && { 'Retry-After': String(decision.retryAfter) }),
  };
}
