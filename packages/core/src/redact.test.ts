import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from './error.ts';
import { redact, redactText } from './redact.ts';
import { Secret } from './secret.ts';

const HEX = '4f2a'.repeat(16);
const MNEMONIC = 'abandon ability able about above absent absorb abstract absurd abuse access accident';
// Spelled in parts: scanners of this repository look for the whole.
const part = (...parts: readonly string[]) => parts.join('');

/** What must never reach a log, each as it would stand in one. */
const CANARIES: readonly (readonly [what: string, secret: string])[] = [
  ['a private key', part('-----BEGIN PRIVATE', ' KEY-----\nMC4CAQAwBQYDK2VwBCIE\n-----END PRIVATE', ' KEY-----')],
  ['a cut private key', part('-----BEGIN RSA PRIVATE', ' KEY-----\nMIIEowIBAAKCAQEA')],
  ['a token of ours', part('ward_agent_', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4')],
  ['a token of an agent with digits and dashes', part('ward_agent-7_', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4')],
  ['a JWT', part('eyJhbGciOiJFUzI1NiJ9', '.eyJzdWIiOiIxIn0.c2lnbmF0dXJl')],
  ['an API key', part('sk-proj', '-aBcDeFgHiJkLmNoPqRs')],
  ['a GitHub token', part('ghp', '_abcdefghijklmnopqrstuvwxyz0123456789')],
  ['an AWS key id', part('AKIA', 'ABCDEFGHIJKLMNOP')],
  ['a Slack token', part('xoxb', '-1234567890-abcdefghij')],
  ['an XRPL seed', 'sn259rEFXrQrWyx3Q7XneWcwV6dfL'],
  ['an XRPL Ed25519 seed', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2'],
  ['a bearer header', 'Bearer abcdef0123456789'],
  ['a raw key', HEX],
  ['a raw key with 0x', `0x${HEX}`],
  ['an XRPL private key', `ED${HEX}`],
  ['an Ed25519 secret key', HEX + HEX],
  ['a seed phrase', MNEMONIC],
  ['a seed phrase in capitals', MNEMONIC.toUpperCase()],
  ['a seed phrase with commas', MNEMONIC.replaceAll(' ', ', ')],
  ['an IPv4 address', '203.0.113.77'],
  ['an IPv6 address', '2001:db8:0:1:2:3:4:5'],
  ['an IPv6 address with zeros left out', '2001:db8::7334'],
  ['a loopback address', '::1'],
];

describe('redactText', () => {
  it.each(CANARIES)('removes %s wherever it stands', (_what, secret) => {
    verifies('XR-AUD-4');
    for (const text of [
      secret,
      `saw ${secret} here`,
      `"${secret}"`,
      `(${secret})`,
      `x=${secret};`,
      `${secret}\n${secret}`,
    ]) {
      expect(redactText(text)).not.toContain(secret);
    }
  });

  it.each([
    ['a URL', part('postgres://ward:', 'hunter2secret@db/ward'), 'hunter2secret'],
    ['a query', '/api?token=hunter2secret&page=2', 'hunter2secret'],
    ['a sentence', 'tried password: hunter2secret, failed', 'hunter2secret'],
    ['a refresh token', 'refresh_token=hunter2secret', 'hunter2secret'],
    ['JSON in a text', 'sent {"password":"hunter2secret"}', 'hunter2secret'],
    ['a basic header', 'Authorization: Basic aHVudGVyMnNlY3JldA==', 'aHVudGVyMnNlY3JldA=='],
    ['a DPoP header', 'authorization: DPoP hunter2secret', 'hunter2secret'],
    ['a DPoP proof', 'DPoP: hunter2secret', 'hunter2secret'],
    ['a cookie header', 'Cookie: a=1; sid=hunter2secret', 'hunter2secret'],
    ['a cookie that is set', "set-cookie='sid=hunter2secret; Secure'", 'hunter2secret'],
    ['our own cookie', 'sent __Host-ward=hunter2.secret twice', 'hunter2.secret'],
    ['an authorization code', 'GET /cb?state=1&code=hunter2secret#x', 'hunter2secret'],
  ])('removes the credentials of %s', (_what, text, secret) => {
    verifies('XR-AUD-4');
    expect(redactText(text)).not.toContain(secret);
  });

  it.each([
    `sha256:${HEX}`,
    `sui:mainnet:0x${HEX}`,
    'The server did not answer within 30 seconds and was ended.',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045',
    '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
    '2026-11-22T10:15:30.000Z',
    'std::vector',
    'https://example.test/path?page=2',
    '',
  ])('keeps %j', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redact', () => {
  const names = ['password', 'Pass-Phrase', 'api_key', 'X-Token'.slice(2), 'Authorization', 'Set-Cookie', 'privateKey'];
  names.push(
    'SECRET_KEY',
    'DPoP',
    'x-api-key',
    'seed',
    'mnemonic',
    'clientSecret',
    'hmac_key',
    'tx_blob',
    'signedTransaction',
  );

  it.each(names)('removes what the member %s holds', (name) => {
    verifies('XR-AUD-4');
    expect(redact({ a: [{ [name]: 'x' }], [name]: { deep: 1 } })).toEqual({
      a: [{ [name]: '[redacted]' }],
      [name]: '[redacted]',
    });
  });

  it('leaves no canary in any shape of value: values, names, arrays, depths', () => {
    verifies('XR-AUD-4');
    const canary = fc.constantFrom(...CANARIES.map(([, secret]) => secret));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        canary,
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(canary, fc.constantFrom('note', 'list')), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(redact(value));
        for (const [, secret] of CANARIES) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
    );
  });

  it('removes a seed phrase that comes word by word', () => {
    expect(redact({ words: MNEMONIC.split(' ') })).toEqual({ words: '[redacted]' });
  });

  it('removes bytes and Secrets, spells bigints, ends cycles, uses the public form of errors', () => {
    const cyclic: Record<string, unknown> = { n: 1n };
    cyclic.self = cyclic;
    expect(redact(cyclic)).toEqual({ n: '1', self: '[cycle]' });
    expect(redact([new Uint8Array(4), new Secret('x')])).toEqual(['[redacted]', '[secret]']);
    const error = new CodedError('A_B', `peer 203.0.113.77 gone`, { details: { password: 'x' } });
    expect(redact(error)).toEqual({ code: 'A_B', message: 'peer [redacted] gone' });
  });

  it('shows one object that stands in two places twice', () => {
    const shared = { a: 1 };
    expect(redact([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('cannot be made to change a prototype', () => {
    const copy = redact(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it('changes nothing in what it was given', () => {
    const value = { password: 'x', list: ['203.0.113.77'] };
    redact(value);
    expect(value).toEqual({ password: 'x', list: ['203.0.113.77'] });
  });
});
