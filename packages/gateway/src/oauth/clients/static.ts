import type { ClientMetadata } from 'oidc-provider';

export const CLI_CLIENT = 'wardmesh-cli';
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Our own client: the command line, which comes back by loopback redirect or device code. */
export function ownClients(): ClientMetadata[] {
  return [
    {
      client_id: CLI_CLIENT,
      client_name: 'Wardmesh command line',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      response_types: ['code'],
      // Any port of this machine (RFC 8252 §7.3).
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    },
  ];
}
