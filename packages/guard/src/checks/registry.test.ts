import type { Json } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckRegistry, STANDARD_CHECKS } from './registry.ts';

const registry = new CheckRegistry();

function run(check: string, value: Json): string {
  const attached = registry.attach({ '/v': check });
  if (!attached.ok) throw new Error(attached.error);
  const checked = attached.value({ v: value });
  return checked.ok ? 'ok' : checked.error.code;
}

describe('checks', () => {
  verifies('XR-VAL-5');

  it.each<[string, Json, string]>([
    ['relative-path', 'notes/today.md', 'ok'],
    ['relative-path', 'a..b/..c', 'ok'],
    ['relative-path', '../secret', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'a/../../b', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'a\\..\\b', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'a/ .. /b', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', '/etc/passwd', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', '~/.ssh', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'C:\\x', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'a/%2e%2e/b', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 'a\0b', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', '', 'BUSINESS_PATH_UNSAFE'],
    ['relative-path', 7, 'BUSINESS_NOT_TEXT'],
    ['plain-path', '/srv/data/a', 'ok'],
    ['plain-path', '/srv/../etc', 'BUSINESS_PATH_UNSAFE'],
    ['plain-path', '//host/share', 'BUSINESS_PATH_UNSAFE'],
    ['uri', 'mailto:a@example.org', 'ok'],
    ['uri', 'javascript:alert(1)', 'BUSINESS_URI_INVALID'],
    ['uri', ' java\nscript:alert(1)', 'BUSINESS_URI_INVALID'],
    ['uri', 'no scheme', 'BUSINESS_URI_INVALID'],
    ['https-uri', 'https://example.org/a?b', 'ok'],
    ['https-uri', 'http://example.org', 'BUSINESS_URI_INVALID'],
    ['https-uri', 'https://user:pw@example.org', 'BUSINESS_URI_INVALID'],
    ['https-uri', 'https://127.0.0.1/', 'BUSINESS_HOST_INVALID'],
    ['https-uri', 'https://0x7f000001/', 'BUSINESS_HOST_INVALID'],
    ['https-uri', 'https://[::1]/', 'BUSINESS_HOST_INVALID'],
    ['https-uri', 'https://localhost/', 'BUSINESS_HOST_INVALID'],
    ['https-uri', 'https://db.internal/', 'BUSINESS_HOST_INVALID'],
    ['base58check', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'ok'],
    ['base58check', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'CRYPTO_CHECKSUM_INVALID'],
    ['base58check', '0OIl', 'CRYPTO_CHECKSUM_INVALID'],
    ['base58check', '1'.repeat(10_000), 'CRYPTO_CHECKSUM_INVALID'],
    ['xrpl-address', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', 'ok'],
    ['xrpl-address', 'rrrrrrrrrrrrrrrrrrrrrhoLvTp', 'ok'],
    ['xrpl-address', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi', 'CRYPTO_CHECKSUM_INVALID'],
    ['xrpl-address', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'CRYPTO_CHECKSUM_INVALID'],
  ])('%s of %j: %s', (check, value, expected) => {
    expect(run(check, value)).toBe(expected);
  });

  it('codes tell the layer, and no check throws or changes its mind', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STANDARD_CHECKS), fc.jsonValue(), (check, value) => {
        const code = check.check(value as Json);
        expect(check.check(value as Json)).toBe(code);
        if (code !== undefined) expect(code).toMatch(/^(?:BUSINESS|CRYPTO)_/);
        if (code?.startsWith('CRYPTO_')) expect(check.layer).toBe('cryptographic');
      }),
    );
  });
});

describe('attach', () => {
  it('reaches members, items and every item', () => {
    const attached = registry.attach({ '/files/*/path': 'relative-path', '/list/1': 'uri', '/a~1b': 'relative-path' });
    if (!attached.ok) throw new Error(attached.error);
    expect(attached.value({ files: [{ path: 'a' }, { path: '../b' }] })).toMatchObject({
      error: { pointer: '/files/1/path', check: 'relative-path' },
    });
    expect(attached.value({ list: ['x', 'x'] })).toMatchObject({ error: { pointer: '/list/1' } });
    expect(attached.value({ 'a/b': '..' })).toMatchObject({ error: { pointer: '/a~1b' } });
    expect(attached.value({ files: [], unrelated: '../..' }).ok).toBe(true);
  });

  it('runs business checks before cryptographic ones', () => {
    const attached = registry.attach({ '/to': 'base58check', '/path': 'relative-path' });
    if (!attached.ok) throw new Error(attached.error);
    expect(attached.value({ to: 'bad', path: '..' })).toMatchObject({ error: { code: 'BUSINESS_PATH_UNSAFE' } });
  });

  it.each([[{ path: 'relative-path' }], [{ '/path': 'no-such-check' }]])(
    'refuses %j with a sentence',
    (attachments) => {
      expect(registry.attach(attachments)).toMatchObject({ ok: false, error: expect.stringMatching(/is not a/) });
    },
  );

  it('counts a check that breaks as refused', () => {
    verifies('XR-FAIL-1');
    const broken = new CheckRegistry([
      {
        name: 'broken',
        layer: 'cryptographic',
        check() {
          throw new Error('bug');
        },
      },
    ]);
    const attached = broken.attach({ '/v': 'broken' });
    expect(attached.ok && attached.value({ v: 1 })).toMatchObject({ error: { code: 'CRYPTO_REFUSED' } });
  });
});
