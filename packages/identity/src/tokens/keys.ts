import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { IdentityError } from '../error.ts';
import { MAX_KEYS } from '../limits.ts';

export type TokenAlgorithm = 'EdDSA' | 'ES256';

/** A public key that signs, or lately signed, our tokens. */
export interface TokenKey {
  /** RFC 7638 thumbprint, SHA-256. */
  readonly kid: string;
  readonly alg: TokenAlgorithm;
  /** Public members only. */
  readonly jwk: JWK;
  readonly key: CryptoKey;
  /** From when on its tokens count no more, ms since the epoch; undefined for the one that signs. */
  readonly retires?: number;
}

/** The algorithm a public JWK is for; undefined for every kind we do not use. */
export function algorithmOf(jwk: Readonly<Record<string, unknown>>): TokenAlgorithm | undefined {
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return 'EdDSA';
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') return 'ES256';
  return undefined;
}

/** A key of our own set from its JWK; private members are dropped. @throws IdentityError IDENTITY_KEY_INVALID */
export async function importTokenKey(jwk: JWK, retires?: number): Promise<TokenKey> {
  const alg = algorithmOf(jwk);
  if (alg === undefined) throw new IdentityError('IDENTITY_KEY_INVALID', 'tokens are signed with Ed25519 or P-256');
  const bare = publicMembers(jwk);
  try {
    const kid = await calculateJwkThumbprint(bare);
    const key = (await importJWK(bare, alg)) as CryptoKey;
    return { kid, alg, jwk: { ...bare, kid, alg, use: 'sig' }, key, ...(retires !== undefined && { retires }) };
  } catch (cause) {
    throw new IdentityError('IDENTITY_KEY_INVALID', 'the key cannot be read', { cause });
  }
}

/** What RFC 7638 hashes: nothing else of a JWK reaches an import or a thumbprint. */
export function publicMembers(jwk: Readonly<Record<string, unknown>>): JWK {
  const { kty, crv, x, y } = jwk as { kty: string; crv: string; x: string; y?: string };
  return kty === 'EC' ? ({ kty, crv, x, y } as JWK) : ({ kty, crv, x } as JWK);
}

/** Our own verification keys. A token names one of them by `kid`; no key comes from anywhere else. */
export class TokenKeys {
  #keys: ReadonlyMap<string, TokenKey>;

  constructor(keys: readonly TokenKey[]) {
    if (keys.length === 0 || keys.length > MAX_KEYS) {
      throw new IdentityError('IDENTITY_KEY_INVALID', `a key set holds 1 to ${MAX_KEYS} keys`);
    }
    this.#keys = new Map(keys.map((key) => [key.kid, key]));
  }

  /** The key of that id, where its tokens count at `now`. */
  find(kid: string, now: number): TokenKey | undefined {
    const key = this.#keys.get(kid);
    return key !== undefined && (key.retires === undefined || now < key.retires) ? key : undefined;
  }

  /**
   * Makes `next` the key that signs; the others' tokens count for `overlap` ms more, which is at least the life of a
   * token. Keys that retired are dropped.
   */
  rotate(next: TokenKey, overlap: number, now: number): void {
    const rest = [...this.#keys.values()]
      .filter((key) => key.kid !== next.kid && this.find(key.kid, now) !== undefined)
      .map((key) => ({ ...key, retires: Math.min(key.retires ?? Number.POSITIVE_INFINITY, now + overlap) }));
    if (rest.length + 1 > MAX_KEYS) throw new IdentityError('IDENTITY_KEY_INVALID', 'keys rotate too fast');
    this.#keys = new Map([next, ...rest].map((key) => [key.kid, key]));
  }

  /** Ends a key at once, and every token it signed with it. */
  revoke(kid: string): void {
    this.#keys = new Map([...this.#keys].filter(([each]) => each !== kid));
  }

  /** RFC 7517 §5, for the world. */
  jwks(now: number): { readonly keys: readonly JWK[] } {
    return { keys: [...this.#keys.values()].filter(({ kid }) => this.find(kid, now)).map(({ jwk }) => jwk) };
  }
}
