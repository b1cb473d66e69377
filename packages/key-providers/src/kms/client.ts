import { Agent } from 'node:https';
import { KMSClient } from '@aws-sdk/client-kms';
import { vaultError } from '../error.ts';
import { KMS_ATTEMPTS, KMS_CONNECT_TIMEOUT, KMS_REQUEST_TIMEOUT } from '../limits.ts';

/** Credentials of an AWS principal. The SDK takes text only: these strings cannot be wiped. */
export interface KmsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When to ask again. Left out for credentials that last. */
  readonly expiration?: Date;
}

export interface KmsOptions {
  readonly region: string;
  /** Asked when a call needs them. Neither environment nor files nor instance metadata are ever looked at. */
  readonly credentials: () => Promise<KmsCredentials>;
  /** Default: the public endpoint of the region, {@link kmsHost}. Plain http only on this machine. */
  readonly endpoint?: string;
  /** The sandbox's egress proxy, `http://127.0.0.1:PORT`. */
  readonly proxy?: string;
  /** Further certificate authorities, PEM. */
  readonly ca?: string;
  /** Time for one answer, ms. */
  readonly timeout?: number;
}

const REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d$/;

/** Host name of the key service of a region. @throws VAULT_BAD_INPUT */
export function kmsHost(region: string): string {
  if (!REGION.test(region)) throw vaultError('VAULT_BAD_INPUT', 'not the name of a region');
  return `kms.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Where calls go, checked. @throws VAULT_BAD_INPUT for plain http to another machine */
export function kmsEndpoint({ region, endpoint }: Pick<KmsOptions, 'region' | 'endpoint'>): URL {
  const host = kmsHost(region);
  if (endpoint === undefined) return new URL(`https://${host}`);
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === undefined || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal))) {
    throw vaultError('VAULT_BAD_INPUT', 'the endpoint of the key service must be an https URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw vaultError('VAULT_BAD_INPUT', 'the endpoint of the key service is an origin and a path, nothing more');
  }
  return url;
}

export interface KmsClients {
  /** Repeats what was throttled or lost. */
  readonly client: KMSClient;
  /** Repeats nothing: for what would be done twice. */
  readonly once: KMSClient;
}

export function kmsClients(options: KmsOptions): KmsClients {
  return { client: kmsClient(options, KMS_ATTEMPTS), once: kmsClient(options, 1) };
}

/** A client of AWS KMS that waits no longer than it says and takes nothing from the environment. */
function kmsClient(options: KmsOptions, maxAttempts: number): KMSClient {
  const endpoint = kmsEndpoint(options);
  return new KMSClient({
    region: options.region,
    endpoint: endpoint.href,
    credentials: options.credentials,
    maxAttempts,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    ignoreConfiguredEndpointUrls: true,
    userAgentAppId: 'wardmesh',
    requestHandler: {
      connectionTimeout: KMS_CONNECT_TIMEOUT,
      requestTimeout: options.timeout ?? KMS_REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: 8,
        minVersion: 'TLSv1.2',
        ...(options.ca !== undefined && { ca: options.ca }),
        ...(options.proxy !== undefined && { proxyEnv: { HTTPS_PROXY: options.proxy } }),
      }),
    },
  });
}
