import { describe, expect, it } from 'vitest';
import { normaliseClient, redirectKind } from './metadata.ts';

describe('redirect URIs', () => {
  it.each([
    ['https://app.example/callback', 'https'],
    ['http://127.0.0.1:8080/callback', 'loopback'],
    ['http://[::1]/callback', 'loopback'],
    ['http://localhost/callback', 'loopback'],
    ['cursor://anysphere.cursor-retrieval/oauth/callback', 'app'],
    ['com.example.app:/callback', 'app'],
  ])('%s is %s', (uri, kind) => {
    expect(redirectKind(uri)).toBe(kind);
  });

  it.each([
    'http://app.example/callback',
    'https://localhost/callback',
    'https://user@app.example/',
    'https://app.example/#x',
    'https://*.example/callback',
    'https://app.example/a b',
    'https://app.example\\@evil.example/',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'ws://127.0.0.1/',
    'ms-msdt:/id',
    'search-ms:query',
    'intent:#Intent',
    'intent://scan/',
    'shell:startup',
    'x:y',
    '.com:/x',
    `https://app.example/${'x'.repeat(2_000)}`,
    '/callback',
    '',
  ])('%s is refused', (uri) => {
    expect(redirectKind(uri)).toBeUndefined();
  });
});

describe('what a client says of itself', () => {
  const normal = (metadata: object) => {
    const result = normaliseClient(metadata as never);
    if (!result.ok) throw new Error(result.error);
    return result.value;
  };

  it('is cut to what is used', () => {
    expect(
      normal({
        client_name: 'A',
        redirect_uris: ['https://a.example/'],
        sector_identifier_uri: 'https://10.0.0.1/',
        logo_uri: 'https://10.0.0.1/',
        backchannel_logout_uri: 'https://10.0.0.1/',
        grant_types: ['authorization_code', 'client_credentials', 'password', 'implicit'],
        response_types: ['token'],
        scope: 'openid',
        id_token_signed_response_alg: 'HS256',
        application_type: 'native',
      }),
    ).toEqual({
      client_name: 'A',
      redirect_uris: ['https://a.example/'],
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    });
  });

  it('makes those native that come back to this machine', () => {
    expect(normal({ redirect_uris: ['http://127.0.0.1/'] }).application_type).toBe('native');
    expect(normal({ redirect_uris: ['vscode://x/y', 'https://vscode.dev/redirect'] }).application_type).toBe('native');
  });

  it.each([
    [null],
    [[]],
    [{}],
    [{ redirect_uris: [] }],
    [{ redirect_uris: 'https://a.example/' }],
    [{ redirect_uris: [1] }],
    [{ redirect_uris: ['https://a.example/'], token_endpoint_auth_method: 'tls_client_auth' }],
    [{ redirect_uris: ['https://a.example/'], token_endpoint_auth_method: ['none'] }],
  ])('%j is refused', (metadata) => {
    expect(normaliseClient(metadata as never).ok).toBe(false);
  });
});
