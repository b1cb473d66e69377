import { fromUtf8, isCoded, isJsonObject, parseStrictJson } from '@wardmesh/core';
import type { ProviderConfig } from '@wardmesh/key-providers';
import { readFileSecure } from '@wardmesh/store/files';
import { signerError } from '../error.ts';
import { MAX_PROVIDERS, MAX_PROVIDERS_BYTES } from '../limits.ts';

/** Name of a provider: what `--provider` takes. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

export type ProviderConfigs = ReadonlyMap<string, ProviderConfig>;

/**
 * The operator's `providers.json`, 0600: `{"providers": {NAME: {...}}}`, each as `parseProviderConfig` reads it. It lies
 * beside the approvers' file and not in the signer's folder: what it names is let through the sandbox, so the process
 * inside must not be able to write it. No secret is in it. None where the file is missing.
 * @throws PROVIDERS_INVALID, STORE_* where it is open to others
 */
export async function readProviders(path: string): Promise<ProviderConfigs> {
  let text: string;
  try {
    text = fromUtf8(await readFileSecure(path, MAX_PROVIDERS_BYTES));
  } catch (error) {
    if (isCoded(error, 'STORE_FILE_MISSING')) return new Map();
    throw error;
  }
  const parsed = parseStrictJson(text);
  const value = parsed.ok ? parsed.value : undefined;
  if (!isJsonObject(value) || !isJsonObject(value.providers) || Object.keys(value).length !== 1) {
    throw invalid('it holds one member, providers, that maps names to configurations');
  }
  const entries = Object.entries(value.providers);
  if (entries.length > MAX_PROVIDERS) throw invalid(`it has at most ${MAX_PROVIDERS} providers`);
  // Only where somebody wants it: what parses it brings the cloud's client along.
  const { parseProviderConfig } = await import('@wardmesh/key-providers');
  const configs = new Map<string, ProviderConfig>();
  for (const [name, config] of entries) {
    if (!NAME.test(name)) throw invalid('a name has 1 to 32 of a–z, 0–9 and -, and begins with a letter');
    try {
      configs.set(name, parseProviderConfig(config));
    } catch (cause) {
      throw invalid(`${name}: ${isCoded(cause) ? cause.message : 'it is refused'}`);
    }
  }
  return configs;
}

function invalid(why: string) {
  return signerError('PROVIDERS_INVALID', `operator/providers.json is not as it should be: ${why}`, {
    hint: 'docs/keys.md has examples.',
  });
}
