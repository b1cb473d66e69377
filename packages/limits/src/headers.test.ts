import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { headers } from './headers.ts';
import { RateLimits } from './rate-limits.ts';

describe('header fields', () => {
  verifies('XR-RATE-2');

  it('say limit, remaining and reset in epoch seconds where a call is allowed', () => {
    const decision = { allowed: true, limit: 22, remaining: 21, resetAt: 1_700_000_000_001 };
    expect(headers(decision)).toEqual({
      'X-RateLimit-Limit': '22',
      'X-RateLimit-Remaining': '21',
      'X-RateLimit-Reset': '1700000001',
    });
  });

  it('add Retry-After in whole seconds where it is refused', () => {
    const limits = new RateLimits();
    for (let i = 0; i < 5; i++) limits.consume('k', 'critical', 10_500);
    expect(headers(limits.consume('k', 'critical', 11_000))).toEqual({
      'X-RateLimit-Limit': '5',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': '311',
      'Retry-After': '300',
    });
  });
});
