import { describe, expect, it } from 'vitest';
import { classifyAddress, isLoopbackHost } from './address.ts';
import { assertDialable } from './dialer.ts';
import { assertHeaders, encodeHeaderValue, isEventId, isSessionId, paramHeaders, standardHeaders } from './headers.ts';

describe('an address', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['0.0.0.0', 'private'],
    ['::', 'private'],
    ['fc00::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['64:ff9b::a00:1', 'private'],
    ['2002:7f00:1::', 'private'],
    ['::127.0.0.1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['fe80::1', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['not an address', 'private'],
  ])('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });

  it('is loopback by its text', () => {
    expect(
      ['localhost', 'a.localhost', '127.0.0.1', '::1', 'localhost.evil.com', '10.0.0.1'].map(isLoopbackHost),
    ).toEqual([true, true, true, true, false, false]);
  });

  it.each([
    ['http://example.com/mcp', true],
    ['http://127.0.0.1/mcp', false],
    ['http://10.0.0.1/mcp', true],
    ['ftp://example.com/', true],
    ['https://user:pass@example.com/', true],
    ['https://169.254.169.254/', true],
    ['https://0xa9fea9fe/', true],
    ['https://[::ffff:a9fe:a9fe]/', true],
  ])('%s is not dialled', (text, insecureLoopback) => {
    expect(() => assertDialable({ url: new URL(text), insecureLoopback })).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_INSECURE' }),
    );
  });
});

describe('a header', () => {
  it.each([
    ['x\r\ny', 'v'],
    ['x', 'v\r\nset-cookie: a'],
    ['host', 'evil'],
    ['Mcp-Session-Id', 'x'],
    ['content-length', '0'],
  ])('from the configuration is refused: %j', (name, value) => {
    expect(() => assertHeaders({ [name]: value })).toThrow(expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }));
    expect(() => assertHeaders({ authorization: 'Bearer x' })).not.toThrow();
  });

  it('of a client goes on only as a parameter', () => {
    expect(
      paramHeaders({ 'mcp-param-a': '1', 'mcp-session-id': 'x', authorization: 'y', 'mcp-param-b': 'a\nb' }),
    ).toEqual({ 'mcp-param-a': '1' });
  });

  it.each([
    ['plain', 'plain'],
    ['with space', 'with space'],
    [' outer', '=?base64?IG91dGVy?='],
    ['', '=?base64??='],
    ['a\r\nb', '=?base64?YQ0KYg==?='],
    ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
  ])('value %j is sent as %j', (text, value) => {
    expect(encodeHeaderValue(text)).toBe(value);
  });

  it('repeats the body', () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'grüß' } } as const;
    expect(standardHeaders(message, '2026-07-28')).toEqual({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': `=?base64?${Buffer.from('grüß').toString('base64')}?=`,
    });
  });

  it('comes back only in safe characters', () => {
    expect(['abc-123', 'a b', 'a\r\nb', '', 'x'.repeat(1_025), ['a']].map(isSessionId)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(['7', '', 'ü', 'a\nb'].map(isEventId)).toEqual([true, false, false, false]);
  });
});
