import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { entropyOf, PATTERNS } from './patterns.ts';
import { applyAllowances, fingerprintOf, parseAllowances, scanHistory, scanText } from './scan.ts';

// Planted secrets, spelled in parts so that this file holds none.
const part = (...parts: readonly string[]) => parts.join('');
const BODY = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6';
const PLANTED: Readonly<Record<string, string>> = {
  'private-key': part('-----BEGIN EC PRIVATE', ` KEY-----\n${BODY}\n-----END EC PRIVATE`, ' KEY-----'),
  'ward-token': part('ward_agent', '_k3J9xQ2mVb7Lw8TzR4nHs6Yd1Fp0Gc5Ua_Ee-XiOoAq'),
  'aws-key': part('AKIA', 'Q7ZJ2M5XWV4T8KRB'),
  'github-token': part('ghp', '_a8Kd03LmQz71XcVb5NtRy26WpEs94HgJfUi0'),
  'npm-token': part('npm', '_a8Kd03LmQz71XcVb5NtRy26WpEs94HgJfUi0'),
  'npm-auth': part('//example.test/:_auth', 'Token=a8Kd03LmQz71XcVb'),
  'slack-token': part('xoxb', '-123456789012-abcdefghijklmnop'),
  'stripe-key': part('sk_', 'live_a8Kd03LmQz71XcVb5NtRy26W'),
  'llm-key': part('sk-ant', '-a8Kd03LmQz71XcVb5NtRy26WpEs94HgJfUi0'),
  'google-key': part('AIza', 'SyA8Kd03LmQz71XcVb5NtRy26WpEs94HgJf'),
  jwt: part('eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0.', BODY),
  'xrpl-seed': part('sEdTM1uX8pu2do5XvTnutH6', 'HsouMaM2'),
  'url-password': part('postgres://ward:', 'kX9-mQ2_vB7@db/ward'),
  'assigned-secret': part('const apiKey = "', 'k3J9xQ2mVb7Lw8TzR4nHs6Yd1Fp0Gc5U', '";'),
};

describe('the secret scan', () => {
  it.each(PATTERNS.map(({ id, what }) => [id, what]))('catches a planted %s: %s', (id) => {
    verifies('XR-OSS-4');
    const findings = scanText('a.ts', `first line\n${PLANTED[id]}\nlast line`);
    expect(findings.map(({ pattern }) => pattern)).toContain(id);
    expect(findings[0]).toMatchObject({ path: 'a.ts', line: 2 });
    expect(JSON.stringify(findings)).not.toContain(PLANTED[id]);
  });

  it('catches one that was added and taken out again', () => {
    verifies('XR-OSS-4');
    const secret = PLANTED['github-token']!;
    const log = [
      'commit 2',
      '--- src/config.ts',
      '+++ src/config.ts',
      '@@ -7 +7 @@',
      `-const t = '${secret}'`,
      '+const t = env',
      'commit 1',
      '--- /dev/null',
      '+++ src/config.ts',
      '@@ -0,0 +6,2 @@',
      '+first',
      `+const t = '${secret}'`,
    ].join('\n');
    expect(scanHistory(log)).toEqual([
      { pattern: 'github-token', path: 'src/config.ts', line: 7, fingerprint: fingerprintOf(secret) },
    ]);
  });

  it('joins the lines of a key in a history', () => {
    const rows = PLANTED['private-key']!.split('\n').map((row) => `+${row}`);
    expect(scanHistory(['+++ key.pem', '@@ -0,0 +1,3 @@', ...rows].join('\n'))).toHaveLength(1);
  });

  it.each([
    'const token = process.env.TOKEN;',
    'password: "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
    'secret = "this-is-a-placeholder"',
    'integrity: sha512-abc',
    'https://example.test/a:b',
    'ward_agent_TOKEN',
    'AKIAAAAAAAAAAAAAAAAA',
    'https://me:k3J9xQ2mVb@x.example/',
    'const secret = "CANARY-k3J9xQ2mVb7Lw8TzR4nHs6"',
  ])('leaves %j', (text) => {
    expect(scanText('a.ts', text)).toEqual([]);
  });

  it('measures entropy in bits a character', () => {
    expect(entropyOf('aaaa')).toBe(0);
    expect(entropyOf('abcd')).toBe(2);
    expect(entropyOf('')).toBe(0);
  });
});

describe('an allowance', () => {
  const finding = { pattern: 'jwt', path: 'packages/a/src/x.test.ts', line: 3, fingerprint: '00112233aabbccdd' };
  const allow = {
    pattern: 'jwt',
    path: 'packages/*/src/**/*.test.ts',
    fingerprint: finding.fingerprint,
    reason: 'published in RFC 7519',
  };

  it('covers its one secret and no other', () => {
    expect(applyAllowances([finding], [allow])).toEqual({ open: [], stale: [] });
    for (const other of [{ fingerprint: 'ff' }, { pattern: 'aws-key' }, { path: 'packages/a/src/x.ts' }]) {
      expect(applyAllowances([{ ...finding, ...other }], [allow]).open).toHaveLength(1);
    }
  });

  it('is reported once nothing needs it', () => {
    expect(applyAllowances([], [allow]).stale).toEqual([allow]);
  });

  it.each([
    '- { path: a, pattern: jwt }',
    '- { path: a, pattern: nothing, reason: because it is }',
    '- { pattern: jwt, reason: because it is }',
  ])('is refused without a reason, a path or a known pattern: %s', (yaml) => {
    expect(() => parseAllowances(yaml)).toThrow();
  });
});
