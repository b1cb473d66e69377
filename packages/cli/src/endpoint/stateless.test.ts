import { fromBase64, fromUtf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerValue, isStateless, META, STATELESS, statelessHeaders } from './stateless.ts';

describe('headers of the stateless era', () => {
  it('carry any text, and read back to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = headerValue(text);
        expect(value).toMatch(/^[\x20-\x7e]*$/);
        const encoded = /^=\?base64\?(.*)\?=$/.exec(value);
        expect(encoded === null ? value : fromUtf8(fromBase64(encoded[1]!))).toBe(text);
      }),
    );
  });

  it('cannot be broken out of by a name', () => {
    const headers = statelessHeaders({ method: 'tools/call', params: { name: 'a\r\nauthorization: Bearer x' } });
    expect(Object.values(headers).join('')).not.toMatch(/[\r\n]/);
  });

  it('repeat version, method and name', () => {
    const params = { uri: 'file:///a', _meta: { [META.protocolVersion]: STATELESS } };
    expect(statelessHeaders({ method: 'resources/read', params })).toEqual({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'resources/read',
      'mcp-name': 'file:///a',
    });
    expect(statelessHeaders({ method: 'tools/list' })['mcp-name']).toBeUndefined();
  });

  it('tell the eras apart by the envelope', () => {
    expect(isStateless({ method: 'tools/list', params: { _meta: { [META.protocolVersion]: STATELESS } } })).toBe(true);
    expect(isStateless({ method: 'server/discover' })).toBe(true);
    expect(isStateless({ method: 'initialize', params: { protocolVersion: '2025-11-25' } })).toBe(false);
  });

  it('are pinned names', () => {
    expect(META).toEqual({
      protocolVersion: 'io.modelcontextprotocol/protocolVersion',
      clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
      clientInfo: 'io.modelcontextprotocol/clientInfo',
      receipt: 'wardmesh/receipt',
      error: 'wardmesh/error',
      approval: 'wardmesh/approval',
      wait: 'wardmesh/wait',
    });
  });
});
