import { verifies } from '@wardmesh/testkit';
import { describe, expect, it, vi } from 'vitest';
import { fromBase64Url } from './bytes.ts';
import { isUuid, randomFraction, randomToken, uuid } from './ids.ts';
import { type Random, systemRandom, toTimestamp } from './ports.ts';
import { redactText } from './redact.ts';

const filled = (byte: number): Random => ({ bytes: (length) => new Uint8Array(length).fill(byte) });

describe('ids', () => {
  it('are UUIDs of version 4 and variant 10 (RFC 9562 §5.4)', () => {
    expect(uuid(filled(0x00))).toBe('00000000-0000-4000-8000-000000000000');
    expect(uuid(filled(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    for (let i = 0; i < 100; i++) expect(isUuid(uuid(systemRandom))).toBe(true);
  });

  it.each([
    '',
    '00000000-0000-1000-8000-000000000000',
    '00000000-0000-4000-7000-000000000000',
    'FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF',
  ])('are not %j', (text) => {
    expect(isUuid(text)).toBe(false);
  });

  it('carry 256 bits in a token that redaction knows', () => {
    const token = randomToken('ward_agent_', systemRandom);
    expect(fromBase64Url(token.slice('ward_agent_'.length)).length).toBe(32);
    expect(redactText(token)).toBe('[redacted]');
  });
});

describe('a random fraction', () => {
  it('is at least 0 and always below 1', () => {
    expect(randomFraction(filled(0x00))).toBe(0);
    expect(randomFraction(filled(0xff))).toBe(1 - 2 ** -53);
  });

  it('spreads evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(randomFraction(systemRandom) * 10)]! += 1;
    // Ten standard deviations of a tenth: 1,000 ± 300.
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(300);
  });
});

describe('the system’s randomness', () => {
  it('comes from the CSPRNG, for lengths beyond one call’s too', () => {
    const source = vi.spyOn(globalThis.crypto, 'getRandomValues');
    const large = systemRandom.bytes(150_000);
    expect(source).toHaveBeenCalledTimes(3);
    source.mockRestore();
    // Each third is filled: 64 zero bytes in a row do not happen by chance.
    for (const at of [0, 65_536, 131_072, 149_900])
      expect(large.subarray(at, at + 64).some((byte) => byte !== 0)).toBe(true);
  });

  it('reports a failing CSPRNG and never falls back', () => {
    verifies('XR-RNG-1');
    const source = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation(() => {
      throw new Error('no entropy');
    });
    const weak = vi.spyOn(Math, 'random');
    expect(() => systemRandom.bytes(32)).toThrow('no entropy');
    // Small requests may be served from what was drawn ahead, and no longer than that.
    const drain = () => {
      for (let i = 0; i < 1_000; i++) systemRandom.bytes(16);
    };
    expect(drain).toThrow('no entropy');
    expect(drain).toThrow('no entropy');
    expect(weak).not.toHaveBeenCalled();
    source.mockRestore();
    weak.mockRestore();
  });
});

it('writes times as RFC 3339 in UTC with milliseconds', () => {
  expect(toTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(toTimestamp(1_763_806_530_123)).toBe('2025-11-22T10:15:30.123Z');
});
