import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';

/** One sign-in as it is kept, sealed: bound to the address it was made for, and never used for another. */
export interface StoredSignIn {
  readonly v: 1;
  /** Address of the upstream, as in `ward.yaml`. */
  readonly server: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint?: string;
  /** RFC 8707 indicator. */
  readonly resource: string;
  readonly clientId: string;
  /** Of a client that registered by itself; a configured one's secret is read where it lies. */
  readonly clientSecret?: string;
  readonly access: string;
  /** ms since the epoch */
  readonly expires: number;
  readonly refresh?: string;
}

/** Keeps one sign-in. */
export interface SignInStore {
  load(): Promise<Json | undefined>;
  save(document: JsonObject): Promise<void>;
  remove(): Promise<void>;
}

/** Undefined for what is none of ours, such as of another version. */
export function readStored(document: Json | undefined): StoredSignIn | undefined {
  if (!isJsonObject(document) || document.v !== 1 || typeof document.expires !== 'number') return undefined;
  const { server, issuer, tokenEndpoint, resource, clientId, access } = document;
  const texts = [server, issuer, tokenEndpoint, resource, clientId, access];
  return texts.every((text) => typeof text === 'string') ? (document as unknown as StoredSignIn) : undefined;
}
