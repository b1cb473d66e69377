import { isAbsolute, normalize } from 'node:path';
import { isJsonObject } from '@wardmesh/core';
import { vaultError } from './error.ts';
import { kmsEndpoint } from './kms/client.ts';

/** A token behind a PKCS #11 module. */
export interface Pkcs11Config {
  readonly kind: 'pkcs11';
  /** Absolute path of the module. */
  readonly module: string;
  readonly label: string;
  readonly serialNumber?: string;
  /** What the module reads and writes besides: its configuration, tokens in software. Absolute paths. */
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** Its environment, such as SOFTHSM2_CONF. No secret: a PIN comes from the operator. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Keys in AWS KMS. */
export interface KmsConfig {
  readonly kind: 'aws-kms';
  readonly region: string;
  /** Default: the region's public endpoint. */
  readonly endpoint?: string;
  /** Absolute path of a 0600 file with `{accessKeyId, secretAccessKey, sessionToken?, expiration?}`, read at each need. */
  readonly credentialsFile: string;
}

export type ProviderConfig = Pkcs11Config | KmsConfig;

/** Most paths and variables that one module is given. */
const MAX_ENTRIES = 16;
/** The dynamic loader's own variables decide what code runs. */
const LOADER = /^(LD_|GLIBC_|NODE_|PATH$)/;

/** A provider's configuration. Unknown members are refused. @throws VAULT_BAD_INPUT, naming the member */
export function parseProviderConfig(value: unknown): ProviderConfig {
  if (!isJsonObject(value)) throw refused('it is no object');
  const { kind } = value;
  if (kind === 'pkcs11') {
    only(value, ['kind', 'module', 'label', 'serialNumber', 'read', 'write', 'env']);
    path('module', value.module);
    text('label', value.label, 32);
    if (value.serialNumber !== undefined) text('serialNumber', value.serialNumber, 16);
    for (const name of ['read', 'write'] as const) if (value[name] !== undefined) paths(name, value[name]);
    if (value.env !== undefined) environment(value.env);
    return value as unknown as Pkcs11Config;
  }
  if (kind === 'aws-kms') {
    only(value, ['kind', 'region', 'endpoint', 'credentialsFile']);
    text('region', value.region, 32);
    if (value.endpoint !== undefined) text('endpoint', value.endpoint, 256);
    path('credentialsFile', value.credentialsFile);
    const config = value as unknown as KmsConfig;
    kmsEndpoint(config);
    return config;
  }
  throw refused('kind is pkcs11 or aws-kms');
}

function only(value: object, names: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw refused(`it has a member that we do not know: ${unknown.slice(0, 32)}`);
}

function text(name: string, value: unknown, maxLength: number): void {
  const isGood = typeof value === 'string' && value.length >= 1 && value.length <= maxLength;
  if (!isGood || /[\u0000-\u001f\u007f]/.test(value))
    throw refused(`${name} has 1 to ${maxLength} characters that can be seen`);
}

function path(name: string, value: unknown): void {
  text(name, value, 4_096);
  if (!isAbsolute(value as string) || normalize(value as string) !== value)
    throw refused(`${name} is an absolute path`);
}

function paths(name: string, value: unknown): void {
  if (!Array.isArray(value) || value.length > MAX_ENTRIES) throw refused(`${name} lists up to ${MAX_ENTRIES} paths`);
  for (const each of value) path(name, each);
}

function environment(value: unknown): void {
  if (!isJsonObject(value) || Object.keys(value).length > MAX_ENTRIES) throw refused('env maps names to texts');
  for (const [name, content] of Object.entries(value)) {
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(name) || LOADER.test(name))
      throw refused(`env may not set ${name.slice(0, 64)}`);
    text(`env.${name}`, content, 4_096);
  }
}

function refused(why: string) {
  return vaultError('VAULT_BAD_INPUT', `the configuration of the key provider is refused: ${why}`);
}
