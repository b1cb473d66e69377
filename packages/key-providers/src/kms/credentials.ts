import { fromUtf8, isJsonObject, parseStrictJson } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import type { KmsCredentials } from './client.ts';

const MAX_LENGTH = 4_096;

/**
 * Credentials from a file's bytes: `{accessKeyId, secretAccessKey, sessionToken?, expiration?}`, expiration as RFC 3339.
 * @param read the file, 0600; it is read anew at each need, so that another process may replace what expires
 */
export function fileCredentials(read: () => Promise<Uint8Array>): () => Promise<KmsCredentials> {
  return async () => {
    const bytes = await read();
    try {
      return parse(bytes);
    } finally {
      bytes.fill(0);
    }
  };
}

function parse(bytes: Uint8Array): KmsCredentials {
  const parsed = parseStrictJson(fromUtf8(bytes));
  if (!parsed.ok || !isJsonObject(parsed.value)) throw refused();
  const { accessKeyId, secretAccessKey, sessionToken, expiration, ...others } = parsed.value;
  if (Object.keys(others).length > 0 || !isText(accessKeyId) || !isText(secretAccessKey)) throw refused();
  if (sessionToken !== undefined && !isText(sessionToken)) throw refused();
  const until = expiration === undefined ? undefined : new Date(isText(expiration) ? expiration : Number.NaN);
  if (until !== undefined && Number.isNaN(until.getTime())) throw refused();
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(until !== undefined && { expiration: until }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_LENGTH;
}

/** Says nothing of what is in it. */
function refused() {
  return vaultError(
    'VAULT_PROVIDER_REFUSED',
    'the file with the credentials of the key service is not as it should be',
  );
}
