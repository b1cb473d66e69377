import { describe, expect, it } from 'vitest';
import { wwwAuthenticate } from './challenge.ts';

const route = { kind: 'server', server: 'files' } as const;
const inbound = (host: string | undefined, tls?: string) => ({ headers: { host }, ...(tls !== undefined && { tls }) });
const challenge = (host: string | undefined, tls?: string, publicUrl?: string) =>
  wwwAuthenticate(inbound(host, tls), route, {
    code: 'AUTHENTICATION_REQUIRED',
    ...(publicUrl !== undefined && { challenge: { publicUrl } }),
  });

describe('WWW-Authenticate', () => {
  it('points to the metadata of the endpoint, by the name the client used', () => {
    expect(challenge('localhost:7443', 'TLSv1.3')).toBe(
      'Bearer realm="wardmesh", resource_metadata="https://localhost:7443/.well-known/oauth-protected-resource/servers/files/mcp", scope="mcp:read mcp:call", DPoP algs="ES256 EdDSA"',
    );
    expect(challenge('localhost:7443')).toContain('"http://localhost:7443/');
  });

  it('keeps the public scheme behind a proxy that ends TLS', () => {
    expect(challenge('gw.example', undefined, 'https://gw.example')).toContain('"https://gw.example/.well-known/');
  });

  it.each(['a"b', 'a b', 'a\\b', 'a,b', '', undefined])('stays well-formed for the host %j', (host) => {
    expect(challenge(host)).toBe('Bearer realm="wardmesh", scope="mcp:read mcp:call", DPoP algs="ES256 EdDSA"');
  });

  it('is sent for credentials and scopes alone', () => {
    for (const code of ['LOCKED_OUT', 'POLICY_DENIED', 'INTERNAL'] as const) {
      expect(wwwAuthenticate(inbound('localhost'), route, { code })).toBeUndefined();
    }
  });
});
