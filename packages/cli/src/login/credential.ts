import { rm } from 'node:fs/promises';
import { canonicalize, fromUtf8, isCoded, isJsonObject, parseStrictJson, utf8 } from '@wardmesh/core';
import { cliError } from '../error.ts';
import { readFileSecure, writeFileSecure } from '../operator/private-file.ts';
import type { DpopJwk } from './dpop-key.ts';
import type { Place } from './place.ts';

/** Who is signed in on this machine: `operator/login.json`, mode 0600. Times are ms since the epoch. */
export interface Credential {
  readonly v: 1;
  readonly place: Place;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly resource: string;
  /** CAIP-10 of the wallet that signed in. */
  readonly person: string;
  /** The key the tokens are bound to; null where the server binds none. */
  readonly key: DpopJwk | null;
  readonly accessToken: string;
  readonly accessExpires: number;
  readonly refreshToken: string | null;
  readonly signedInAt: number;
}

/** Undefined where nobody signed in. @throws CodedError HOME_DAMAGED where it is open to others or no credential */
export async function readCredential(path: string): Promise<Credential | undefined> {
  let text: string;
  try {
    text = fromUtf8(await readFileSecure(path));
  } catch (cause) {
    if (isCoded(cause, 'STORE_FILE_MISSING')) return undefined;
    throw damaged(path, cause);
  }
  const parsed = parseStrictJson(text);
  if (parsed.ok && isCredential(parsed.value)) return parsed.value;
  throw damaged(path);
}

export async function writeCredential(path: string, credential: Credential): Promise<void> {
  await writeFileSecure(path, utf8(`${canonicalize(credential)}\n`));
}

export async function removeCredential(path: string): Promise<void> {
  await rm(path, { force: true });
}

function isCredential(value: unknown): value is Credential {
  if (!isJsonObject(value) || value.v !== 1 || !isJsonObject(value.place)) return false;
  const texts = [value.issuer, value.tokenEndpoint, value.revocationEndpoint, value.person, value.accessToken];
  return (
    [...texts, value.place.origin].every((text) => typeof text === 'string') &&
    typeof value.accessExpires === 'number' &&
    (value.refreshToken === null || typeof value.refreshToken === 'string') &&
    (value.key === null || isJsonObject(value.key))
  );
}

function damaged(path: string, cause?: unknown) {
  return cliError('HOME_DAMAGED', `${path} cannot be used`, {
    hint: 'Delete it and sign in again: ward login.',
    cause,
  });
}
