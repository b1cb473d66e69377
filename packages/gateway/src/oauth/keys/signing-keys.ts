import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Clock, CodedError, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { OauthErrorCode } from '../error.ts';
import { KEY_GRACE_MS, KEY_LIFE_MS, MAX_SIGNING_KEYS } from '../limits.ts';
import { jwkThumbprint } from './thumbprint.ts';

/** Algorithm of every access token: the one that all JOSE libraries have. */
export const TOKEN_ALGORITHM = 'ES256';

/** A key that signs access tokens. Where its private half is, only its implementation knows: the vault's provider later. */
export interface TokenKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly publicKey: KeyObject;
  /** ES256 of the bytes: r ‖ s, 64 bytes. */
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Keeps the keys, sealed. */
export interface TokenKeyStore {
  load(): Promise<Json | undefined>;
  save(document: JsonObject): Promise<void>;
}

interface Kept {
  readonly key: TokenKey;
  readonly pem: string;
  /** ms since the epoch */
  readonly since: number;
}

/**
 * The gateway's token keys: the newest signs, older ones verify until all they signed is over. Rotation is a matter of
 * time and takes no restart.
 */
export class SigningKeys {
  readonly #store: TokenKeyStore;
  readonly #clock: Clock;
  /** Newest first. */
  #kept: readonly Kept[] = [];

  private constructor(store: TokenKeyStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws CodedError OAUTH_KEYS_INVALID for a damaged document: it is never silently replaced */
  static async open(store: TokenKeyStore, clock: Clock): Promise<SigningKeys> {
    const keys = new SigningKeys(store, clock);
    const document = await store.load();
    if (document !== undefined) keys.#kept = parse(document);
    await keys.rotateWhenDue();
    return keys;
  }

  /** The key that signs now. */
  get current(): TokenKey {
    return this.#kept[0]!.key;
  }

  /** All keys that verify now, the signing one first. */
  get all(): readonly TokenKey[] {
    return this.#kept.map(({ key }) => key);
  }

  /** Makes a new key where the current one is at the end of its life, and forgets those that are over. */
  async rotateWhenDue(): Promise<boolean> {
    const now = this.#clock.now();
    const [newest] = this.#kept;
    const isDue = newest === undefined || now - newest.since >= KEY_LIFE_MS;
    if (isDue) {
      await this.rotate();
      return true;
    }
    // A key is over when its successor has signed alone for longer than any token lives.
    const live = this.#kept.filter((_, i) => i === 0 || now - this.#kept[i - 1]!.since < KEY_GRACE_MS);
    if (live.length === this.#kept.length) return false;
    await this.#save(live);
    return true;
  }

  /** Makes a new signing key now. @param forget drops the old ones at once: what they signed is void */
  async rotate({ forget = false } = {}): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const made: Kept = { key: tokenKey(pem), pem, since: this.#clock.now() };
    await this.#save(forget ? [made] : [made, ...this.#kept].slice(0, MAX_SIGNING_KEYS));
  }

  async #save(kept: readonly Kept[]): Promise<void> {
    await this.#store.save({ v: 1, keys: kept.map(({ pem, since }) => ({ pem, since })) });
    this.#kept = kept;
  }
}

function parse(document: Json): readonly Kept[] {
  try {
    if (!isJsonObject(document) || document.v !== 1 || !Array.isArray(document.keys)) throw new Error('shape');
    return document.keys.map((entry): Kept => {
      if (!isJsonObject(entry) || typeof entry.pem !== 'string' || typeof entry.since !== 'number') {
        throw new Error('entry');
      }
      return { key: tokenKey(entry.pem), pem: entry.pem, since: entry.since };
    });
  } catch (cause) {
    throw new CodedError<OauthErrorCode>('OAUTH_KEYS_INVALID', 'The keys of access tokens cannot be read.', {
      hint: 'Restore state.db from a backup.',
      cause,
    });
  }
}

function tokenKey(pem: string): TokenKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  const publicKey = createPublicKey(privateKey);
  return {
    kid: jwkThumbprint(publicKey),
    publicKey,
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}
