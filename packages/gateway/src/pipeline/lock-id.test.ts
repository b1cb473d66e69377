import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { lockIdOf } from './lock-id.ts';

describe('what lockout counts by', () => {
  verifies('XR-LOCK-1', 'XR-ERR-2');

  it('is bounded, whatever names and local addresses a stranger makes up', () => {
    const ids = new Set<string>();
    for (let i = 0; i < 100_000; i++) ids.add(lockIdOf(`127.0.${i & 255}.${(i >> 8) & 255}`, `agent-${i}`));
    expect(ids.size).toBeLessThanOrEqual(16_384);
  });

  it('keeps agents and networks apart', () => {
    expect(lockIdOf('127.0.0.1', 'claude')).not.toBe(lockIdOf('127.0.0.1', 'cursor'));
    expect(lockIdOf('192.0.2.1', 'claude')).not.toBe(lockIdOf('192.0.2.2', 'claude'));
  });

  it.each([
    ['127.0.0.1', '127.255.3.9'],
    ['127.0.0.1', '::1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff:2:3:4'],
    ['2001:db8::1', '2001:0db8:0:0:9::'],
    ['fe80::1%eth0', 'fe80::2'],
  ])('%s and %s are one network', (a, b) => {
    expect(lockIdOf(a, 'claude')).toBe(lockIdOf(b, 'claude'));
  });

  it('is not one for two IPv6 networks', () => {
    expect(lockIdOf('2001:db8:0:1::1', 'claude')).not.toBe(lockIdOf('2001:db8:0:2::1', 'claude'));
  });
});
