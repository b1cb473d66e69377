import type { ProviderConfig } from './config.ts';
import { kmsEndpoint } from './kms/client.ts';

/** What the signer's sandbox and its permission model must let through for these providers, and nothing more. */
export interface ProviderGrants {
  /** Absolute paths, for the sandbox and for `--allow-fs-read`. */
  readonly read: readonly string[];
  /** Absolute paths, for the sandbox and for `--allow-fs-write`. */
  readonly write: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Rules of the sandbox's egress; `network: 'none'` where there are none. */
  readonly egress: readonly { readonly host: string; readonly port: number }[];
  /** Whether native code is loaded: `--allow-addons`. Node's permission model binds none of what it then does. */
  readonly addons: boolean;
}

/** Grants of all configured providers together. None for the local file, which needs none. */
export function providerGrants(configs: readonly ProviderConfig[]): ProviderGrants {
  const read = new Set<string>();
  const write = new Set<string>();
  const env: Record<string, string> = {};
  const egress = new Map<string, { host: string; port: number }>();
  let addons = false;
  for (const config of configs) {
    if (config.kind === 'pkcs11') {
      addons = true;
      for (const path of [config.module, ...(config.read ?? [])]) read.add(path);
      for (const path of config.write ?? []) write.add(path);
      Object.assign(env, config.env);
    } else {
      const { hostname, port } = kmsEndpoint(config);
      const rule = { host: hostname, port: port === '' ? 443 : Number(port) };
      egress.set(`${rule.host}:${rule.port}`, rule);
      read.add(config.credentialsFile);
    }
  }
  return { read: [...read], write: [...write], env, egress: [...egress.values()], addons };
}
